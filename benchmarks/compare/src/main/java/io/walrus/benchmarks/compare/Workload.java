package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is done to the nodes of one start, in this order.
enum Workload {
    IDLE {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            Usage usage = Usage.measure(peer.nodes());
            sink.take(Metric.IDLE_CPU, usage.cpuPercent());
            sink.take(Metric.IDLE_MEMORY, usage.memoryMiB());
        }
    },
    PUT_1 {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            peer.createWithin("put-one");
            sink.take(Metric.PUT_1, peer.put(List.of("put-one"), 1, peer.place.plan()));
        }
    },
    PUT_64 {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            peer.createWithin("put-many");
            sink.take(Metric.PUT_64, peer.put(List.of("put-many"), MANY, peer.place.plan()));
            sink.take(Metric.LOADED_MEMORY, Usage.memoryMiB(peer.nodes()));
        }
    },
    TOPICS {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            List<String> topics = new ArrayList<>();
            for (int i = 0; i < TOPIC_COUNT; i++) {
                String topic = String.format(Locale.ROOT, "topic-%02d", i);
                peer.createWithin(topic);
                topics.add(topic);
            }
            sink.take(Metric.TOPICS_64, peer.put(topics, MANY, peer.place.plan()));
        }
    },
    READ {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            sink.take(Metric.READ, peer.read());
        }
    },
    LATENCY {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            peer.createWithin("latency");
            EndToEnd.Latency latency = EndToEnd.measure(peer, "latency");
            sink.take(Metric.LATENCY_P50, latency.p50Micros());
            sink.take(Metric.LATENCY_P99, latency.p99Micros());
        }
    },
    FAILOVER {
        @Override
        void measure(Peer peer, Sink sink) throws IOException, InterruptedException {
            if (peer.nodes().size() > 1) {
                sink.take(Metric.FAILOVER, Failover.measure(peer));
            }
        }
    };

    private static final int MANY = 64;
    private static final int TOPIC_COUNT = 100;

    /// Takes what was measured.
    interface Sink {
        void take(Metric metric, Rate rate) throws IOException;

        default void take(Metric metric, double value) throws IOException {
            take(metric, new Rate(value, Double.NaN, Double.NaN, 0, null));
        }
    }

    /// Puts for some seconds, so that all that is measured after it finds its code compiled.
    static void warmUp(Peer peer, int seconds) throws IOException, InterruptedException {
        Plan plan = peer.place.plan();
        peer.createWithin("warm-up");
        var _ = peer.put(List.of("warm-up"), MANY, new Plan(plan.work(), 1, 0, seconds, "", plan.out()));
    }

    abstract void measure(Peer peer, Sink sink) throws IOException, InterruptedException;
}
