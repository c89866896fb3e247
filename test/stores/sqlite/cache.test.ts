import { cacheCases } from '../cases/cache.ts';
import { newFile } from './new-file.ts';

cacheCases(newFile);
