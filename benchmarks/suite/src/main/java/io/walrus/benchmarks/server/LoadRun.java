package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// One measurement, to be made once with one of the methods: sets up the topics, warms up, measures. One thread drives
/// all connections.
///
/// @param lanes one for each connection
record LoadRun(LoadPlan plan, List<Lane> lanes, Meter meter) {
    private static final int PRELOAD_DEPTH = 512;
    private static final Duration SILENCE = Duration.ofMinutes(1);

    LoadRun(LoadPlan plan, List<Lane> lanes) {
        this(plan, lanes, new Meter(plan.serverPids()));
    }

    /// Printable bytes that don't compress well, the same ones each time.
    static byte[] payload(int bytes) {
        byte[] payload = new byte[bytes];
        Random random = new Random(42);
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) random.nextInt('!', '~' + 1);
        }
        return payload;
    }

    private LoadProtocol protocol() {
        return plan.target().protocol();
    }

    /// Makes the topics, fills them as planned, and measures.
    ///
    /// @throws IOException if a server cannot be reached or breaks a connection
    Map<Metric, Double> run() throws IOException, InterruptedException {
        Map<String, Long> segments = new HashMap<>();
        for (Lane lane : lanes) {
            for (String topic : lane.topics()) {
                if (!segments.containsKey(topic)) {
                    segments.put(topic, protocol().prepare(lane.address(), topic));
                    if (plan.preload() > 0) {
                        new LoadRun(plan, List.of(new Lane(lane.address(), List.of(topic)))).fill();
                    }
                }
            }
        }
        return measure(segments);
    }

    /// Puts into topics that are there already.
    Map<Metric, Double> put() throws IOException, InterruptedException {
        return measure(Map.of());
    }

    /// Puts the entries to preload into the topic of the only lane, which is there already.
    Map<Metric, Double> fill() throws IOException, InterruptedException {
        byte[] fill =
                protocol().fill(lanes.getFirst().topics().getFirst(), payload(plan.payloadBytes()), plan.preload());
        return once(
                PRELOAD_DEPTH,
                protocol().fillTimes(plan.preload()),
                LoadRequests.repeated(List.of(fill), PRELOAD_DEPTH));
    }

    /// Reads the preloaded entries of the only lane's topic from the start of its segment, each of them once.
    Map<Metric, Double> readOnce() throws IOException, InterruptedException {
        Lane lane = lanes.getFirst();
        String topic = lane.topics().getFirst();
        return once(plan.depth(), plan.preload(), fetches(topic, protocol().prepare(lane.address(), topic)));
    }

    /// Over the only lane, until all is sent that may be sent.
    private Map<Metric, Double> once(int depth, long count, LoadRequests requests)
            throws IOException, InterruptedException {
        LoadLoop load = loop(depth, count);
        load.connect(lanes.getFirst().address(), requests);
        Map<Metric, Double> numbers = drive(load, 0, Meter.ALL, 1);
        if (meter.errors() + meter.empty() > 0) {
            throw new IOException("not all entries of topic " + lanes.getFirst().topics() + " were put or read: "
                    + meter.empty() + " are not there; " + meter.firstError());
        }
        return numbers;
    }

    private Map<Metric, Double> measure(Map<String, Long> segments) throws IOException, InterruptedException {
        LoadLoop load = loop(plan.depth(), Long.MAX_VALUE);
        boolean fetches = plan.operation() == LoadPlan.Operation.FETCH;
        Map<List<String>, LoadRequests> known = new HashMap<>();
        for (int i = 0; i < lanes.size(); i++) {
            String topic = lanes.get(i).topics().getFirst();
            LoadRequests requests = known.computeIfAbsent(
                    lanes.get(i).topics(),
                    topics -> fetches ? fetches(topic, segments.getOrDefault(topic, 0L)) : repeated(topics));
            // Connections that fetch the same entries begin at different ones.
            int first = fetches ? plan.preload() / lanes.size() * i : 0;
            load.connect(lanes.get(i).address(), requests.from(first));
        }
        return drive(load, plan.warmUpSeconds(), Meter.SECOND_NS, plan.seconds());
    }

    private LoadRequests repeated(List<String> topics) {
        List<byte[]> requests = topics.stream()
                .map(topic -> plan.operation() == LoadPlan.Operation.GET
                        ? protocol().get(topic)
                        : protocol().put(topic, payload(plan.payloadBytes())))
                .toList();
        return LoadRequests.repeated(requests, plan.depth());
    }

    private LoadRequests fetches(String topic, long segment) {
        return LoadRequests.of(plan.preload(), offset -> protocol().fetch(topic, segment, offset));
    }

    private LoadLoop loop(int depth, long requests) {
        return new LoadLoop(meter, protocol(), depth, requests, plan.operation() == LoadPlan.Operation.GET);
    }

    private Map<Metric, Double> drive(LoadLoop load, int warmUpSeconds, long sampleNs, int samples)
            throws IOException, InterruptedException {
        load.start(SILENCE);
        meter.warmUp(warmUpSeconds);
        long cpuNs = load.cpuNs();
        Map<Metric, Double> numbers = meter.measure(sampleNs, samples);
        numbers.put(Metric.LOAD_CPU, (load.cpuNs() - cpuNs) / 1e3 / Math.max(1, meter.completed()));
        load.stop();
        return numbers;
    }
}
