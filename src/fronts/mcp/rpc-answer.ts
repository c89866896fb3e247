/** A JSON-RPC answer as it goes out. */
export interface RpcAnswer {
  status: number;
  /** JSON. */
  body: string;
}

/** `result` is JSON already. */
export const rpcResult = (id: string | number, result: string): RpcAnswer => ({
  status: 200,
  body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`,
});
