package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.LoadResult;
import org.jspecify.annotations.Nullable;

/// What a workload reached.
///
/// @param perSecond median of the seconds measured
/// @param firstError null if there was none
record Rate(
        double perSecond,
        double p50Micros,
        double p99Micros,
        long errors,
        @Nullable String firstError) {
    static Rate of(LoadResult result) {
        return new Rate(
                result.perSecond(), result.p50Micros(), result.p99Micros(), result.errors(), result.firstError());
    }
}
