import { viewerCases } from '../cases/viewers.ts';
import { newFile } from './new-file.ts';

viewerCases(newFile);
