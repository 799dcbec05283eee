import type { Question } from '../console/state.ts';
import { sizeWords } from '../console/words.ts';
import { type PromptState, proposalOf, type Step } from './prompt-state.ts';

/** How the present step of the prompt is put to the person in front of the machine. */
export function questionOf(state: PromptState): Question {
  const { title, lines, label } = QUESTIONS[state.step](state);
  return {
    id: `${state.step} ${state.asked}`,
    title,
    lines: state.step === 'menu' ? lines : [...lines, 'Esc goes back.'],
    label,
    text: state.step === 'code' ? '*'.repeat(state.typed.length) : state.typed,
    refusal: state.refusal,
    countdown: state.secondsLeft,
  };
}

type Words = Pick<Question, 'title' | 'lines' | 'label'>;

const QUESTIONS: Readonly<Record<Step, (state: PromptState) => Words>> = {
  menu: ({ facts }) => ({
    title:
      facts.order.currentName === null
        ? 'This machine is not in the manifest. What shall it do?'
        : `${facts.order.currentName}: what shall this machine do?`,
    lines: ['1) Start its own disk', '2) Put an image on it', '3) Make an image of its disk'],
    label: 'Choose 1-3:',
  }),
  image: ({ facts }) => ({
    title: 'Which image?',
    lines: facts.order.images.map(
      ({ name, version, usedBytes, createdAt }, i) =>
        `${i + 1}) ${name} version ${version}, ${sizeWords(usedBytes)}, of ${createdAt.slice(0, 10)}`,
    ),
    label: 'Image number:',
  }),
  name: (state) => {
    const proposal = proposalOf(state);
    return {
      title: `Image ${state.image}. What is this machine to be called?`,
      lines: proposal === '' ? [] : [`Enter alone takes ${proposal}.`],
      label: proposal === '' ? 'Computer name:' : `Computer name [${proposal}]:`,
    };
  },
  'new-image': () => ({
    title: 'What is the new image to be called?',
    lines: ['The disk is only read. A name that exists already gets a new version.'],
    label: 'Image name:',
  }),
  code: () => ({
    title: 'A technician has to allow this.',
    lines: ['The command `mimeo code` on the server shows a code.'],
    label: "Technician's code:",
  }),
  confirm: (state) => {
    const disk = 'words' in state.facts.disk ? state.facts.disk.words : 'the disk';
    return state.choice === 'deploy'
      ? {
          title: `Everything on ${disk} will be lost.`,
          lines: [`The machine gets the image ${state.image} and the name ${state.name}.`],
          label: `Type yes to wipe ${disk}:`,
        }
      : {
          title: `${disk} will be read and kept as the image ${state.image}.`,
          lines: [],
          label: `Type yes to capture ${disk}:`,
        };
  },
};
