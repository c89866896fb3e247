import { Session, type Debugger, type InspectorNotification } from 'node:inspector';

type Paused = InspectorNotification<Debugger.PausedEventDataType>;
type ScriptParsed = InspectorNotification<Debugger.ScriptParsedEventDataType>;

const MOST_FRAMES = 12;

/**
 * Stack of the main thread, asked from another thread: it is stopped between two of its statements for as
 * long as it takes to say so. Inside one long step of native code that is after the step.
 * @param told is called once, with lines as of a stack trace
 * @returns ends the asking; what was not told by then never is
 */
export function askMainStack(told: (frames: string[]) => void): () => void {
  const session = new Session();
  const files = new Map<string, string>();
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    // Disabling lets a stopped thread run on.
    session.post('Debugger.disable', () => {
      session.disconnect();
    });
  };
  session.connectToMainThread();
  // Every script that is loaded, before anything stops.
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }: ScriptParsed) => {
    files.set(scriptId, url);
  });
  session.on('Debugger.paused', ({ params }: Paused) => {
    session.post('Debugger.resume');
    if (!open) return;
    told(params.callFrames.slice(0, MOST_FRAMES).map((frame) => toLine(frame, files)));
    end();
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
  return end;
}

const toLine = (
  { functionName, location: { scriptId, lineNumber } }: Debugger.CallFrame,
  files: ReadonlyMap<string, string>,
): string =>
  `${functionName || '(anonymous)'} (${files.get(scriptId) ?? ''}:${String(lineNumber + 1)})`;
