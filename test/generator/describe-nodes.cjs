/** Prints the descriptions of node classes as JSON: apart from jest, because n8n's own nodes load half of n8n. */
const [, , ...requests] = process.argv;

/** A request is file#Class, or file#Class@version for a node with several. */
const describe = (request) => {
	const [, file, name, version] = /^(.+)#([^@]+)@?(.*)$/.exec(request);
	const node = new (require(file)[name])();
	return node.nodeVersions ? node.nodeVersions[version].description : node.description;
};

process.stdout.write(JSON.stringify(requests.map(describe)));
