/**
 * Cuts a stream of Postgres’ protocol into its messages. A message has a type and a length; those before the login have
 * only a length, whose first byte is 0, which no type is.
 */
export function frames({ startup = false } = {}): (bytes: Buffer) => Buffer[] {
	let rest = Buffer.alloc(0);
	return (bytes) => {
		rest = Buffer.concat([rest, bytes]);
		const messages: Buffer[] = [];
		for (;;) {
			const head = startup && rest[0] === 0 ? 0 : 1;
			if (rest.length < head + 4) return messages;
			const end = head + rest.readUInt32BE(head);
			if (rest.length < end) return messages;
			messages.push(rest.subarray(0, end));
			rest = rest.subarray(end);
		}
	};
}
