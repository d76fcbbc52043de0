import {afterEach, describe, expect, inject, test} from 'vitest';
import {type AppWorld, appWorld, treeSnapshot} from '../helpers/app-world.ts';

const engine = inject('realEngine');

// Looking at a tree executes nothing of it and writes nothing into it, whatever its era.
describe.skipIf(!engine)('a tree of any era', () => {
  let world: AppWorld;
  afterEach(() => world.close());

  test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])(
    '%s is listed, judged, drawn and opened, and stays as it was',
    async (era) => {
      world = await appWorld({socket: engine?.socket, fixture: `tree-${era}`});
      const before = treeSnapshot(world.tree);
      const list = await world.run('image', 'list', '-s', world.tree, '--json');
      expect(list.code).toBe(0);
      const names = (JSON.parse(list.stdout) as {images: {name: string}[]}).images.map(({name}) => name);
      expect(names.length).toBeGreaterThan(1);

      const status = await world.run('image', 'status', '-s', world.tree, '--json');
      expect(status.code).toBe(0);
      const states = (JSON.parse(status.stdout) as {images: {name: string; state: string}[]}).images;
      expect(states.map(({name}) => name).sort()).toEqual([...names].sort());
      for (const {name, state} of states) expect([name, ['never', 'unknown'].includes(state)]).toEqual([name, true]);

      const dot = await world.run('image', 'graph', '-s', world.tree, '--dot');
      expect(dot.code).toBe(0);
      expect(dot.stdout).toMatch(/^digraph [^{]*\{[\s\S]*\}\s*$/);
      for (const name of names) expect(dot.stdout).toContain(`"${name}"`);

      const screen = world.open();
      await screen.waitFor(`Images ${names.length}`);
      for (const name of names) await screen.waitFor(name.slice(0, 20));
      await screen.waitFor(/not built|unknown/);
      screen.press(']');
      for (const name of names) await screen.waitFor(name.slice(0, 16));
      screen.press('q');
      expect((await screen.exited).code).toBe(0);
      expect(treeSnapshot(world.tree)).toEqual(before);
    },
  );
});
