/** What this package uses of the host's WebAssembly; TypeScript declares it only together with a browser's globals. */
declare namespace WebAssembly {
  class Module {
    private readonly compiled: true;
    static exports(module: Module): readonly { readonly name: string }[];
  }
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
