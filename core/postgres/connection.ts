/** Where the database is. TLS: `false` = none; otherwise node-postgres options. */
export type Connection =
	| { connectionString: string }
	| {
			host: string;
			port: number;
			database: string;
			user: string;
			password: string;
			ssl: false | { rejectUnauthorized: boolean; ca?: string };
	  };
