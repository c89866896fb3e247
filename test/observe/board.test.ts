import { describe, expect, it } from 'vitest';
import { openBoard } from '../../src/observe/board.ts';

describe('the board', () => {
  it('shows another thread what was beaten and noted', () => {
    const board = openBoard();
    const seen = openBoard(board.memory);
    board.beat(1_234.6);
    board.note('request', 'POST /v1/tools/summarize_text');
    board.note('layer', 'summarize_text 01J validateInput');
    expect(seen.beatAt()).toBe(1_235);
    expect(seen.noted('request')).toBe('POST /v1/tools/summarize_text');
    expect(seen.noted('layer')).toBe('summarize_text 01J validateInput');
  });

  it('forgets the end of a longer text, and cuts one for which there is no room', () => {
    const board = openBoard();
    board.note('request', 'a longer text');
    board.note('request', 'short');
    expect(board.noted('request')).toBe('short');
    board.note('request', 'é'.repeat(1_000));
    expect(board.noted('request')).toBe('é'.repeat(126));
    expect(board.noted('layer')).toBe('');
  });
});
