import type { INodeProperties } from 'n8n-workflow';

export const SUBTITLE = '={{ "wake-ups, poll " + $parameter["pollSeconds"] + " s" }}';

export const properties: INodeProperties[] = [
	{
		displayName: 'Poll Every (Seconds)',
		name: 'pollSeconds',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 300 },
		default: 15,
		description: 'Longest time between two looks at what is due; notifications arrive at once',
		hint: 'A look that finds nothing due starts no execution',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Minimum Gap in Milliseconds',
				name: 'minimumGapMs',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 60000 },
				default: 200,
				description: 'Pause between the end of one pass and the next',
			},
		],
	},
];
