/** One copy as it is simulated: every figure settled. */

export interface CourseBudget {
  /** RU/s that the copy may use. */
  readonly ruPerSecond: number;
  readonly partitions: number;
}

export interface CourseCollection {
  readonly documents: number;
  readonly bytes: number;
  readonly ranges: number;
  /** Readers help each other with it. */
  readonly divisible: boolean;
  readonly budget?: CourseBudget;
  /** Of one insert, RU. */
  readonly ru: number;
  /** Its share on each partition of the budget, or the one that the fullest of an even spread has. */
  readonly load: readonly number[] | number;
}

export interface CourseInput {
  readonly collections: readonly CourseCollection[];
  readonly readers: number;
  readonly parallelCollections: number;
  /** Until the first document moves. */
  readonly startMs: number;
  /** What is asked of both sides before the first range of a collection. */
  readonly openMs: number;
  readonly documentsPerSecond: number;
  readonly bytesPerSecond: number;
  /** What one reader gets from the source. */
  readonly bytesPerSecondEach: number;
  readonly targetLatencyMs: number;
}
