import {
  createStore,
  type Engine,
  type FoldedTask,
  foldTasks,
  type MachineSecrets,
  type OperationRequest,
  type Problem,
  type Proposal,
  problemOf,
  type Task,
  wantedSecret,
} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';

/** What is known while somebody decides whether a plan is carried out. */
export interface ApprovalState {
  readonly request: OperationRequest;
  /** Absent while the plan is being made. */
  readonly proposal?: Proposal | undefined;
  /** Its tasks, with those that do the same on many machines as one. */
  readonly folded: readonly FoldedTask<Task>[];
  /** Why there is no plan, or why it could not be started. */
  readonly problem?: Problem | undefined;
  /** What machines say that would let us in with a secret. */
  readonly wants: readonly Problem[];
  readonly starting: boolean;
  /** The name that the plan wants is being typed. */
  readonly naming: boolean;
  readonly list: ListState;
  /** Whether every effect of the task under the cursor is listed. */
  readonly effects: boolean;
  /** Rows of them scrolled away at the top. */
  readonly effectsTop: number;
  /** The same of notices and of what is wrong. */
  readonly notesTop: number;
}

export interface ApprovalModel {
  get(): ApprovalState;
  subscribe(listener: () => void): () => void;
  set(change: Partial<Pick<ApprovalState, 'list' | 'effects' | 'effectsTop' | 'notesTop' | 'naming'>>): void;
  /** Asks for something else: the plan is made anew. */
  ask(request: OperationRequest): void;
  /**
   * Starts what was shown; `confirmed` is the name that was typed, where the plan wants one. Gives the run's id;
   * undefined when it could not be started, and says why.
   */
  start(confirmed?: string): Promise<string | undefined>;
  /** Whoever decides has left. */
  close(): void;
}

/** Who decides: what machines can be logged in to with, and how that is asked for. */
export interface Decider {
  secrets(): MachineSecrets;
  /** Called once for each kind of secret without which there is no plan. */
  askSecret(): void;
}

/** Has the plan made for a request and keeps it for as long as somebody looks at it. */
export function createApprovalModel(engine: Engine, request: OperationRequest, decider: Decider): ApprovalModel {
  const store = createStore<ApprovalState>({
    request,
    folded: [],
    wants: [],
    starting: false,
    naming: false,
    list: emptyList,
    effects: false,
    effectsTop: 0,
    notesTop: 0,
  });
  const set = (change: Partial<ApprovalState>): void => store.set({...store.get(), ...change});
  const asked = new Set<keyof MachineSecrets>();
  let asking: AbortController | undefined;

  const propose = async (wanted: OperationRequest): Promise<void> => {
    asking?.abort(new Error('asked for something else'));
    const mine = new AbortController();
    asking = mine;
    set({request: wanted, proposal: undefined, folded: [], problem: undefined, wants: [], naming: false, notesTop: 0});
    try {
      const proposal = await engine.propose(wanted, mine.signal, decider.secrets());
      const {tasks, notices} = proposal.plan;
      if (mine.signal.aborted) return;
      set({proposal, folded: foldTasks(tasks), wants: notices.filter((notice) => wantedSecret(notice) !== undefined)});
      // What goes is to be seen before its name is typed.
      if (proposal.plan.confirm !== undefined) set({effects: true});
    } catch (thrown) {
      if (mine.signal.aborted) return;
      const problem = problemOf(thrown);
      const kind = isOfImages(wanted) ? undefined : wantedSecret(problem);
      set({problem, wants: kind === undefined ? [] : [problem]});
      if (kind === undefined || asked.has(kind) || decider.secrets()[kind]) return;
      asked.add(kind);
      decider.askSecret();
    }
  };
  void propose(request);
  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    ask: (wanted) => void propose(wanted),
    async start(confirmed) {
      const {proposal, starting} = store.get();
      if (!proposal || proposal.nothingToDo || starting) return undefined;
      set({starting: true, problem: undefined, naming: false});
      const machineSecrets = isOfImages(proposal.request) ? {} : decider.secrets();
      try {
        return await engine.start(proposal, {machineSecrets, ...(confirmed === undefined ? {} : {confirmed})});
      } catch (thrown) {
        set({problem: problemOf(thrown), notesTop: 0});
        return undefined;
      } finally {
        set({starting: false});
      }
    },
    close: () => asking?.abort(new Error('left')),
  };
}

/** They have to do with no machine. */
export function isOfImages({operation}: OperationRequest): boolean {
  return operation === 'image build' || operation === 'image push';
}
