export { startPracticeDatabase } from './startPracticeDatabase';
export type { PracticeDatabase, PracticeDatabaseOptions } from './startPracticeDatabase';
