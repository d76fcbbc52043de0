import type {Task, TaskContext} from '../plan/types.ts';
import {recordCommands} from './commands.ts';
import type {Execution, Happening} from './execution.ts';
import type {TaskOutput} from './output.ts';
import {recordScripts} from './record-scripts.ts';

interface ContextParts {
  readonly execution: Execution;
  readonly task: Task;
  readonly signal: AbortSignal;
  /** Of done tasks, by id. */
  readonly results: ReadonlyMap<string, unknown>;
  mayHaveChanged(): boolean;
  say(event: Happening): void;
}

/** What a task is handed: tools held to its effects, results of what it needs, its output. */
export function contextOf(
  {execution, task, signal, results, mayHaveChanged, say}: ContextParts,
  output: TaskOutput,
  progress: TaskContext['progress'],
): TaskContext {
  // Few ask, and of a plan for a thousand machines it is thousands of tasks to look through.
  let needed: ReadonlySet<string> | undefined;
  const tools = execution.toolsFor(task);
  return {
    tools: {
      ...tools,
      terminal: recordCommands(tools.terminal, task.id, say),
      machines: recordScripts(tools, task, say),
    },
    signal,
    runFolder: execution.runFolder,
    stateFolder: execution.stateFolder,
    output: (bytes) => output.write(bytes),
    progress,
    resultOf<Result>(id: string): Result {
      needed ??= neededBy(task, execution.plan.tasks);
      if (!needed.has(id)) throw new Error(`${task.id} asks for the result of ${id}, which it does not need`);
      if (!results.has(id)) throw new Error(`${task.id} asks for the result of ${id}, which has none`);
      return results.get(id) as Result;
    },
    mayHaveChanged,
    secret: (name) => execution.secrets.get(name),
  };
}

function neededBy(task: Task, tasks: readonly Task[]): ReadonlySet<string> {
  const byId = new Map(tasks.map((each) => [each.id, each]));
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    for (const need of byId.get(id)?.needs ?? []) visit(need);
  };
  for (const need of task.needs) visit(need);
  return found;
}
