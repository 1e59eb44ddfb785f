package io.walrus.testkit.scenario;

import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.testkit.cluster.ClusterObserver.CopyState;
import io.walrus.testkit.cluster.ScriptedCluster;
import io.walrus.testkit.cluster.ScriptedOptions;
import io.walrus.testkit.disk.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Carries out the commands of one scenario, line by line.
///
/// What a command sets off is printed below it, indented, as far as it happens in the 50 ms that the command lets pass;
/// none pass after a command that ends in ` &`. Nothing is printed below a command that begins with `quietly`.
public final class Scenario {
    private static final String INDENT = "    ";
    private static final String AT_ONCE = " &";
    private static final String QUIETLY = "quietly ";
    private static final long SETTLE_MS = 50;
    private static final long START_MS = 10_000;
    private static final Pattern ARROW = Pattern.compile("(\\d+)->(\\d+)");
    private static final Pattern BULK = Pattern.compile("(\\d+)x(\\d+)");

    private final Narrator narrator = new Narrator(() -> cluster().decided());
    private @Nullable ScriptedCluster cluster;

    private Scenario() {}

    /// Runs a scenario.
    ///
    /// @param script with or without what happened when it was last run
    /// @return the script with what happens now
    /// @throws IllegalArgumentException if a command makes no sense
    public static String run(String script) {
        Scenario scenario = new Scenario();
        List<String> transcript = new ArrayList<>();
        int number = 0;
        for (String line : script.lines().toList()) {
            number++;
            if (line.startsWith(INDENT)) {
                continue;
            }
            transcript.add(line);
            if (!line.isBlank() && !line.startsWith("#")) {
                try {
                    scenario.carryOut(line);
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new IllegalArgumentException("line " + number + ", " + line + ": " + e.getMessage(), e);
                }
                scenario.narrator.take().forEach(event -> transcript.add(INDENT + event));
            }
        }
        return String.join("\n", transcript) + "\n";
    }

    private ScriptedCluster cluster() {
        return Objects.requireNonNull(cluster, "the first command is: nodes");
    }

    private void carryOut(String line) {
        boolean isAtOnce = line.endsWith(AT_ONCE);
        boolean isQuiet = line.startsWith(QUIETLY);
        int end = line.length() - (isAtOnce ? AT_ONCE.length() : 0);
        List<String> words =
                List.of(line.substring(isQuiet ? QUIETLY.length() : 0, end).split(" +"));
        narrator.quiet(isQuiet);
        List<String> args = words.subList(1, words.size());
        if (!tellsOnly(words.getFirst(), args)) {
            act(words.getFirst(), args);
            if (!isAtOnce) {
                cluster().run(SETTLE_MS);
            }
        }
    }

    /// Commands that take no time.
    private boolean tellsOnly(String verb, List<String> args) {
        switch (verb) {
            case "nodes" -> begin(args);
            case "run" -> cluster().run(ms(args.getFirst()));
            case "topic" -> tellTopic(topic(args.getFirst()));
            case "copies" -> tellCopies(topic(args.getFirst()));
            case "heartbeats" -> narrator.tellHeartbeats();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void act(String verb, List<String> args) {
        ScriptedCluster to = cluster();
        switch (verb) {
            case "register", "get", "state", "fetch" -> ask(node(args.getFirst()), verb, args.subList(1, args.size()));
            case "put" -> put(node(args.getFirst()), args.get(1), args.subList(2, args.size()));
            case "ask" -> to.ask(node(args.getFirst()), List.of(String.join(" ", args.subList(1, args.size()))));
            case "crash" -> each(args, to::crash);
            case "restart" -> each(args, to::start);
            case "stop" -> each(args, to::stop);
            case "pause" -> each(args, to::pause);
            case "wake" -> each(args, to::resume);
            case "join" -> to.join();
            case "lose-disk" -> each(args, to::loseDisk);
            case "hang-disk" -> each(args, to::hangDisk);
            case "thaw-disk" -> each(args, to::thawDisk);
            case "fill-disk" -> each(args, to::fillDisk);
            case "free-disk" -> each(args, to::freeDisk);
            case "fail-disk" ->
                to.failDisk(node(args.getFirst()), Operation.valueOf(args.get(1).toUpperCase(Locale.ROOT)));
            case "damage" -> to.damage(node(args.getFirst()), segment(args.get(1)));
            case "lead-metadata" -> to.leadMetadata(node(args.getFirst()));
            case "hold" -> hold(args);
            case "deliver" -> arrow(args.getFirst(), to::deliver);
            case "release" -> release(args);
            case "break" -> to.breakChannel(node(args.getFirst()), node(args.get(1)));
            case "partition" -> to.partition(groups(args));
            case "cut" -> to.cut(node(args.getFirst()), node(args.get(1)));
            case "heal" -> to.heal();
            default -> throw new IllegalArgumentException("there is no such command");
        }
    }

    /// Starts a cluster, and waits silently until it is up.
    private void begin(List<String> args) {
        ScriptedOptions chosen = ScriptedOptions.DEFAULT.withNodes(Integer.parseInt(args.getFirst()));
        for (String arg : args.subList(1, args.size())) {
            String[] setting = arg.split("=", 2);
            String value = setting[1];
            chosen = switch (setting[0]) {
                case "copies" -> chosen.withReplicationFactor(Integer.parseInt(value));
                case "entries" -> chosen.withMaxSegmentEntries(Long.parseLong(value));
                case "timeout" -> chosen.withRequestTimeoutMs(ms(value));
                case "wide" -> chosen.withWideNode(node(value));
                case "scrub" -> chosen.withScrubMs(ms(value));
                case "replace-after" -> chosen.withReplaceAfterMs(ms(value));
                default -> throw new IllegalArgumentException("there is no setting " + setting[0]);
            };
        }
        narrator.quiet(true);
        ScriptedCluster started = new ScriptedCluster(chosen, narrator);
        cluster = started;
        started.nodeIds().forEach(started::start);
        if (!started.runUntil(started::isUp, START_MS)) {
            throw new IllegalArgumentException("the cluster does not come up");
        }
        started.run(START_MS / 10);
        narrator.quiet(false);
    }

    private void ask(long node, String verb, List<String> args) {
        cluster().ask(node, List.of(verb.toUpperCase(Locale.ROOT) + " " + String.join(" ", args)));
    }

    /// PUTs one entry for each word, all in one piece; `20x800` stands for 20 of 800 bytes.
    private void put(long node, String topic, List<String> payloads) {
        List<String> requests = new ArrayList<>();
        for (String payload : payloads) {
            Matcher bulk = BULK.matcher(payload);
            if (bulk.matches()) {
                int bytes = Integer.parseInt(bulk.group(2));
                IntStream.rangeClosed(1, Integer.parseInt(bulk.group(1)))
                        .mapToObj(i -> (i + "x".repeat(bytes)).substring(0, bytes))
                        .forEach(text -> requests.add("PUT " + topic + " " + text));
            } else {
                requests.add("PUT " + topic + " " + payload);
            }
        }
        cluster().ask(node, requests);
    }

    private void hold(List<String> args) {
        switch (args.getFirst()) {
            case "metadata" -> cluster().holdMetadata(node(args.get(1)), true);
            case "elections" -> cluster().holdElections();
            default -> {
                String kind = args.size() > 1 ? args.get(1) : "";
                arrow(
                        args.getFirst(),
                        (from, to) -> cluster()
                                .hold(
                                        from,
                                        to,
                                        message -> kind.isEmpty()
                                                || message.getClass()
                                                        .getSimpleName()
                                                        .equals(kind)));
            }
        }
    }

    private void release(List<String> args) {
        switch (args.getFirst()) {
            case "metadata" -> cluster().holdMetadata(node(args.get(1)), false);
            case "elections" -> cluster().resumeElections();
            default -> arrow(args.getFirst(), cluster()::release);
        }
    }

    private interface Direction {
        void accept(long from, long to);
    }

    private static void arrow(String text, Direction then) {
        Matcher arrow = ARROW.matcher(text);
        if (!arrow.matches()) {
            throw new IllegalArgumentException(text + " is not like 1->2");
        }
        then.accept(node(arrow.group(1)), node(arrow.group(2)));
    }

    private static void each(List<String> nodes, LongConsumer what) {
        nodes.forEach(word -> what.accept(node(word)));
    }

    private static List<Set<Long>> groups(List<String> args) {
        return Arrays.stream(String.join(" ", args).split("\\|"))
                .map(group -> Arrays.stream(group.strip().split(" "))
                        .map(Scenario::node)
                        .collect(Collectors.toSet()))
                .toList();
    }

    private static long node(String word) {
        return Long.parseLong(word);
    }

    private static long ms(String word) {
        return word.endsWith("ms")
                ? Long.parseLong(word.substring(0, word.length() - 2))
                : 1_000 * Long.parseLong(word.substring(0, word.length() - 1));
    }

    private Topic topic(String name) {
        return cluster().decided().topics().values().stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no topic " + name));
    }

    private SegmentKey segment(String word) {
        String[] parts = word.split("/", 2);
        return new SegmentKey(topic(parts[0]).topicId(), Long.parseLong(parts[1]));
    }

    private void tellTopic(Topic topic) {
        for (SealedSegment sealed : topic.sealed().values()) {
            narrator.answer(topic.name() + "/" + sealed.number() + " is sealed: "
                    + Wording.count(sealed.records(), "record") + ", " + entries(sealed.entries()) + ", on "
                    + Wording.nodes(sealed.replicas()));
        }
        narrator.answer(topic.name() + "/" + topic.open().number() + " is open: led by "
                + topic.open().leader() + ", on " + Wording.nodes(topic.open().replicas()));
    }

    private static String entries(long count) {
        return count + (count == 1 ? " entry" : " entries");
    }

    private void tellCopies(Topic topic) {
        List<Long> segments = new ArrayList<>(topic.sealed().keySet());
        segments.add(topic.open().number());
        for (long segment : segments) {
            SegmentKey key = new SegmentKey(topic.topicId(), segment);
            narrator.answer(narrator.wording().segment(key) + ": "
                    + cluster().nodeIds().stream()
                            .filter(cluster()::isRunning)
                            .map(node -> node + " has " + held(cluster().copy(node, key)))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String held(CopyState copy) {
        return copy.exists() ? copy.records() + (copy.isFenced() ? " (fenced)" : "") : "none";
    }
}
