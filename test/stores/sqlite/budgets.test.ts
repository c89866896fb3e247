import { budgetCases } from '../cases/budgets.ts';
import { newFile } from './new-file.ts';

budgetCases(newFile);
