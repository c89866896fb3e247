type Method = (...given: unknown[]) => unknown;
type Translate = (error: unknown) => unknown;

/** The same ports, with every rejection of theirs in other words. */
export function translateErrors<Ports extends object>(ports: Ports, translate: Translate): Ports {
  const translated = Object.entries(ports).map(([name, port]: [string, object]) => {
    const methods = Object.entries(port).map(([method, run]: [string, Method]) => [
      method,
      translating(run, translate),
    ]);
    return [name, Object.fromEntries(methods) as object];
  });
  return Object.fromEntries(translated) as Ports;
}

const translating =
  (run: Method, translate: Translate): Method =>
  (...given) => {
    const answered = run(...given);
    if (!(answered instanceof Promise)) return answered;
    return answered.catch((error: unknown) => {
      throw translate(error);
    });
  };
