package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Counts what a load completes, on any threads, and gives its numbers: the same ones for the load program and for the
/// clients of peers. Nothing but errors is counted before the measurement.
///
/// A latency is from before the write of a request to after the read of its reply.
final class Meter {
    private static final long MAX_LATENCY_NS = TimeUnit.SECONDS.toNanos(60);
    static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /// A sample that takes until the load has ended.
    static final long ALL = Long.MAX_VALUE;
    private static final int MIN_SAMPLES = 3;

    private final List<Long> serverPids;
    private final LongAdder completed = new LongAdder();
    private final LongAdder empty = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();
    private final Histogram latenciesNs = new ConcurrentHistogram(MAX_LATENCY_NS, 3);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean measuring;

    /// Reports the processor time of these processes, together; of none if there are none.
    Meter(List<Long> serverPids) {
        this.serverPids = List.copyOf(serverPids);
    }

    /// Of requests whose replies came together.
    void completed(int requests, long latencyNs) {
        if (measuring) {
            latenciesNs.recordValueWithCount(Math.min(latencyNs, MAX_LATENCY_NS), requests);
            completed.add(requests);
        }
    }

    void refused(String reason) {
        errors.increment();
        firstError.compareAndSet(null, reason);
    }

    void foundNothing() {
        empty.increment();
    }

    long empty() {
        return empty.sum();
    }

    long errors() {
        return errors.sum();
    }

    /// What the first request that failed was answered; null if there was none.
    @Nullable
    String firstError() {
        return firstError.get();
    }

    /// How many were completed while it measured.
    long completed() {
        return completed.sum();
    }

    boolean isMeasuring() {
        return measuring;
    }

    /// The load ends by itself, and the measurement with it.
    void end() {
        ended.countDown();
    }

    /// Processor time that processes have used, as Linux counts it; not a number of no process.
    static double cpuSeconds(List<Long> pids) {
        return pids.isEmpty()
                ? Double.NaN
                : pids.stream()
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .flatMap(process -> process.info().totalCpuDuration().stream())
                        .mapToDouble(used -> used.toNanos() / 1e9)
                        .sum();
    }

    void warmUp(int seconds) throws InterruptedException {
        var _ = ended.await(seconds, TimeUnit.SECONDS);
    }

    /// Measures until the time is over or the load has ended. The rate is the median of the samples, or the mean of
    /// fewer than three.
    ///
    /// @return the rate first
    Map<Metric, Double> measure(long sampleNs, int samples) throws InterruptedException {
        double serverCpuSeconds = cpuSeconds(serverPids);
        long startNs = System.nanoTime();
        measuring = true;
        List<Double> rates = new ArrayList<>();
        long lastNs = startNs;
        long last = 0;
        boolean over = false;
        while (!over && rates.size() < samples) {
            over = ended.await(sampleNs * (rates.size() + 1) - (lastNs - startNs), TimeUnit.NANOSECONDS);
            long nowNs = System.nanoTime();
            long now = completed.sum();
            if (!over) {
                rates.add((now - last) * (double) SECOND_NS / (nowNs - lastNs));
            }
            lastNs = nowNs;
            last = now;
        }
        measuring = false;
        serverCpuSeconds = cpuSeconds(serverPids) - serverCpuSeconds;
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(
                Metric.RATE,
                rates.size() < MIN_SAMPLES
                        ? last * (double) SECOND_NS / (lastNs - startNs)
                        : Spread.of(rates).median());
        numbers.putAll(Metric.percentiles(latenciesNs));
        numbers.put(Metric.P999, latenciesNs.getValueAtPercentile(99.9) / 1e3);
        numbers.put(Metric.MAX, latenciesNs.getMaxValue() / 1e3);
        numbers.put(Metric.SERVER_CPU, serverCpuSeconds * 1e6 / Math.max(1, last));
        numbers.put(Metric.ERRORS, (double) errors());
        return numbers;
    }
}
