-- Caller: redact, redact_value. Promise: redactText of core/redaction: the same rules in the same order; a test compares them.
-- Postgres writes \1 where JavaScript writes $1.
create or replace function orchestrator.redact_text(p_text text) returns text
language plpgsql immutable parallel safe set search_path = orchestrator, pg_temp as $$
declare
	v_text text collate "C" := p_text;
begin
	v_text := regexp_replace(v_text,
		'-----BEGIN [A-Z0-9 ]+-----[^-]*(?:-----END [A-Z0-9 ]+-----)?',
		'***', 'g');
	v_text := regexp_replace(v_text,
		'(://[^ \t\r\n/:@"]*):[^ \t\r\n/"<>]*@',
		'\1:***@', 'g');
	v_text := regexp_replace(v_text,
		'(?<![A-Za-z0-9])((?:proxy-)?authorization|(?:set-)?cookie)((?:\\?["\u0027])?[ \t]*[:=][ \t]*(?:\\?["\u0027])?)[^"\u0027\\\r\n]+',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'(?<![A-Za-z0-9])(bearer)[ \t]+[A-Za-z0-9._~+/=-]{8,}',
		'\1 ***', 'gi');
	v_text := regexp_replace(v_text,
		'(?<![A-Za-z0-9])(Basic|basic|BASIC)[ \t]+(?=[a-z+/]*[0-9A-Z=])[A-Za-z0-9+/=_-]{8,}',
		'\1 ***', 'g');
	v_text := regexp_replace(v_text,
		'(passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)[ _-]?keys?(?: provided)?)("?[ \t]*[:=][ \t]*")(?:[^"\\]|\\[^\r\n])+',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'(passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)[ _-]?keys?(?: provided)?)((?:\\")?[ \t]*[:=][ \t]*\\")[^"\\]+',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'(passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)[ _-]?keys?(?: provided)?)(\u0027?[ \t]*[:=][ \t]*\u0027)[^\u0027]+',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'(passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)[ _-]?keys?(?: provided)?)("?[ \t]*[:=][ \t]*)[^ \t\r\n,;&"\u0027<>})\]\\]+',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'([?&](?:key|token|sig|signature|code)=)[^&# \t\r\n"<>]+',
		'\1***', 'gi');
	v_text := regexp_replace(v_text,
		'(tokens?|signature)((?:\\?["\u0027])?[ \t]*[:=][ \t]*(?:\\?["\u0027])?)[A-Za-z0-9._~+/=-]{16,}',
		'\1\2***', 'gi');
	v_text := regexp_replace(v_text,
		'(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9*_-]{8,}|AIza[A-Za-z0-9_-]{10,}|whsec_[A-Za-z0-9+/=_-]{8,}|gh[pousr]_[A-Za-z0-9]{10,}|xox[abeoprs]-[A-Za-z0-9-]{8,}|AKIA[A-Z0-9]{12,}|n8n_api_[A-Za-z0-9]{8,})',
		'***', 'g');
	v_text := regexp_replace(v_text,
		'(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]+(?:[.][A-Za-z0-9_-]*)?',
		'***', 'g');
	return v_text;
end $$;
