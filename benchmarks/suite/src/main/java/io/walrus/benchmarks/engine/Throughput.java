package io.walrus.benchmarks.engine;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a benchmark reports beside the time it was given. JMH knows the results by the names of the fields.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Throughput {
    public double entriesPerSecond;
    public double bytesPerEntry;

    void set(Crew.Work work) {
        entriesPerSecond = work.entriesPerSecond();
        bytesPerEntry = work.bytesPerEntry();
    }
}
