import {TextInput} from '../ui/widgets/TextInput.tsx';

interface FindInputProps {
  readonly width: number;
  readonly initial: string;
  /** Called with what is typed, each time it changes; '' when the search is given up. */
  readonly onSearch: (text: string) => void;
  readonly onClose: () => void;
}

/** Asks what to find in a list, which goes to the first that has it while it is typed. */
export function FindInput({width, initial, onSearch, onClose}: FindInputProps) {
  return (
    <TextInput
      prompt="/"
      title="Find"
      width={width}
      words={['keep', 'end search']}
      initial={initial}
      onChange={onSearch}
      onSubmit={onClose}
      onCancel={() => {
        onSearch('');
        onClose();
      }}
    />
  );
}
