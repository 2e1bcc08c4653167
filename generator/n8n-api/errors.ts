import { OrchestratorError } from '../../core';

/** Nothing came back from n8n: nobody listens there, no route, no answer in time. */
export class N8nUnreachableError extends OrchestratorError {
	readonly code = 'MO_N8N_UNREACHABLE';
}

/** Something answers at that address, but not n8n's API: a login page, a redirect, an older or newer n8n. */
export class N8nAddressError extends OrchestratorError {
	readonly code = 'MO_N8N_ADDRESS';
}

/** n8n does not know the API key (401). */
export class N8nKeyError extends OrchestratorError {
	readonly code = 'MO_N8N_KEY';
}

/** The API key may not do this (403). */
export class N8nScopeError extends OrchestratorError {
	readonly code = 'MO_N8N_SCOPE';
}

/** n8n has nothing under that id, or the key’s owner may not see it (404). */
export class N8nNotFoundError extends OrchestratorError {
	readonly code = 'MO_N8N_NOT_FOUND';
}

/** n8n understood the request and says no (other 4xx). */
export class N8nRefusedError extends OrchestratorError {
	readonly code = 'MO_N8N_REFUSED';
}

/** n8n itself failed (5xx). */
export class N8nFaultError extends OrchestratorError {
	readonly code = 'MO_N8N_FAULT';
}

/** n8n runs, but this package is not installed in it. */
export class PackageMissingError extends OrchestratorError {
	readonly code = 'MO_N8N_PACKAGE_MISSING';
}
