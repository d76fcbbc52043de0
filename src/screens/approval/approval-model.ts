import {
  createStore,
  type Engine,
  type OperationRequest,
  type Problem,
  type Proposal,
  problemOf,
} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';

/** What is known while somebody decides whether a plan is carried out. */
export interface ApprovalState {
  readonly request: OperationRequest;
  /** Absent while the plan is being made. */
  readonly proposal?: Proposal | undefined;
  /** Why there is no plan, or why it could not be started. */
  readonly problem?: Problem | undefined;
  readonly starting: boolean;
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
  set(change: Partial<Pick<ApprovalState, 'list' | 'effects' | 'effectsTop' | 'notesTop'>>): void;
  /** Asks for something else: the plan is made anew. */
  ask(request: OperationRequest): void;
  /** Starts what was shown. Gives the run's id; undefined when it could not be started, and says why. */
  start(): Promise<string | undefined>;
  /** Whoever decides has left. */
  close(): void;
}

/** Has the plan made for a request and keeps it for as long as somebody looks at it. */
export function createApprovalModel(engine: Engine, request: OperationRequest): ApprovalModel {
  const store = createStore<ApprovalState>({
    request,
    starting: false,
    list: emptyList,
    effects: false,
    effectsTop: 0,
    notesTop: 0,
  });
  const set = (change: Partial<ApprovalState>): void => store.set({...store.get(), ...change});
  let asking: AbortController | undefined;

  const propose = async (asked: OperationRequest): Promise<void> => {
    asking?.abort(new Error('asked for something else'));
    const mine = new AbortController();
    asking = mine;
    set({request: asked, proposal: undefined, problem: undefined, notesTop: 0});
    try {
      const proposal = await engine.propose(asked, mine.signal);
      if (!mine.signal.aborted) set({proposal});
    } catch (thrown) {
      if (!mine.signal.aborted) set({problem: problemOf(thrown)});
    }
  };
  void propose(request);
  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    ask: (asked) => void propose(asked),
    async start() {
      const {proposal, starting} = store.get();
      if (!proposal || proposal.nothingToDo || starting) return undefined;
      set({starting: true, problem: undefined});
      try {
        return await engine.start(proposal);
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
