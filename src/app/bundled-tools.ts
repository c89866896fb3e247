/** The one place where tollgate sees the tools that it brings; everything else is handed tools. */
export { tools as bundledTools } from '../../tools/index.ts';
export { answerQuestion } from '../../tools/answer-question.ts';
export { gradeAnswer } from '../../tools/system/grade-answer.ts';
export { judgeSameAnswer } from '../../tools/system/judge-same-answer.ts';
