package io.walrus.testkit.cluster;

import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// All that clients asked and were told, and whether that goes with what is stored: of a simulation, or of real nodes.
///
/// Requests may be told of by any thread. What is checked at the end is read once nobody sends any more.
public final class ClusterHistory {
    private final List<SimRequest> requests = new ArrayList<>();
    private final Map<String, Set<String>> handedOut = new HashMap<>();

    /// A request is about to leave; it says of which connection, and when.
    public synchronized void sent(SimRequest request) {
        requests.add(request);
    }

    /// Checks what can be checked at once.
    public synchronized void answered(SimRequest request) {
        if (request.kind == Kind.GET && request.outcome == Outcome.OK) {
            Set<String> before = handedOut.computeIfAbsent(request.topic, _ -> new HashSet<>());
            if (!before.add(request.payload)) {
                throw new ClusterFailure(BrokenPromise.DOUBLED, "handed out twice: " + request);
            }
        }
    }

    public synchronized long count(Predicate<SimRequest> what) {
        return requests.stream().filter(what).count();
    }

    /// The requests of a kind about a topic, those of each connection in their order.
    public synchronized List<SimRequest> of(String topic, Kind kind) {
        return requests.stream()
                .filter(request -> request.kind == kind && request.topic.equals(topic))
                .toList();
    }

    /// Checks a topic's chain, all drained by GET, against what was asked.
    ///
    /// @param lossless whether no GET can have lost what it was to bring
    public void check(String topic, List<String> chain, boolean lossless) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < chain.size(); i++) {
            Integer before = places.put(chain.get(i), i);
            if (before != null) {
                throw new ClusterFailure(
                        BrokenPromise.DOUBLED,
                        "stored twice in " + topic + ", as entries " + before + " and " + i + " of " + chain.size()
                                + ": " + abridged(chain.get(i)));
            }
        }
        checkPuts(topic, places);
        checkGets(topic, places, lossless);
        checkEmpties(topic);
        checkStates(topic);
    }

    private void checkPuts(String topic, Map<String, Integer> places) {
        Map<String, SimRequest> puts = new HashMap<>();
        Map<Long, SimRequest> lastOfConnection = new HashMap<>();
        for (SimRequest put : of(topic, Kind.PUT)) {
            puts.put(put.payload, put);
            Integer place = places.get(put.payload);
            if (place == null && put.outcome == Outcome.OK) {
                throw new ClusterFailure(BrokenPromise.LOST, "acknowledged, and not stored: " + put);
            }
            if (place != null && put.outcome == Outcome.REFUSED) {
                throw new ClusterFailure(BrokenPromise.DONE_THOUGH_REFUSED, "refused, and stored: " + put);
            }
            if (place != null) {
                SimRequest last = lastOfConnection.put(put.connection, put);
                if (last != null && places.getOrDefault(last.payload, -1) > place) {
                    throw new ClusterFailure(
                            BrokenPromise.REORDERED,
                            "stored before what the same connection sent earlier: " + put + "; earlier: " + last);
                }
            }
        }
        for (String payload : places.keySet()) {
            if (!puts.containsKey(payload)) {
                throw new ClusterFailure(
                        BrokenPromise.WRONG_BYTES, "never PUT into " + topic + ": " + abridged(payload));
            }
        }
        checkOrder(
                puts.values().stream().filter(put -> put.outcome == Outcome.OK).toList(),
                puts.values().stream()
                        .filter(put -> places.containsKey(put.payload))
                        .toList(),
                places,
                "stored before what had been acknowledged when it was sent");
    }

    private void checkGets(String topic, Map<String, Integer> places, boolean lossless) {
        List<SimRequest> gets = of(topic, Kind.GET);
        List<SimRequest> found =
                gets.stream().filter(get -> get.outcome == Outcome.OK).toList();
        for (SimRequest get : found) {
            if (!places.containsKey(get.payload)) {
                throw new ClusterFailure(BrokenPromise.LOST, "handed out, and not stored: " + get);
            }
        }
        checkOrder(found, found, places, "handed out after what lies behind it");
        long lost = gets.stream().filter(get -> get.outcome == Outcome.UNKNOWN).count();
        int missing = places.size() - found.size();
        if (missing > lost || (lossless && missing > 0)) {
            throw new ClusterFailure(
                    BrokenPromise.LOST,
                    missing + " of " + places.size() + " entries of " + topic + " were handed out to nobody, but only "
                            + lost + " GETs have an unknown outcome");
        }
    }

    /// Of two requests, one of which was answered before the other was sent, the later one's entry lies behind.
    ///
    /// @param earlier the requests that were answered
    private static void checkOrder(
            List<SimRequest> earlier, List<SimRequest> later, Map<String, Integer> places, String complaint) {
        List<SimRequest> byEnd = earlier.stream()
                .sorted(Comparator.comparingLong(request -> request.doneNs))
                .toList();
        List<SimRequest> byStart = later.stream()
                .sorted(Comparator.comparingLong(request -> request.sentNs))
                .toList();
        int ended = 0;
        SimRequest furthest = null;
        for (SimRequest request : byStart) {
            for (; ended < byEnd.size() && byEnd.get(ended).doneNs < request.sentNs; ended++) {
                SimRequest before = byEnd.get(ended);
                if (furthest == null || place(places, furthest) < place(places, before)) {
                    furthest = before;
                }
            }
            if (furthest != null && place(places, furthest) > place(places, request)) {
                throw new ClusterFailure(BrokenPromise.REORDERED, complaint + ": " + request + "; before: " + furthest);
            }
        }
    }

    private static int place(Map<String, Integer> places, SimRequest request) {
        return places.getOrDefault(request.payload, -1);
    }

    /// At an EMPTY there was a moment, since it was asked for, when all that was acknowledged before had been handed
    /// out or was on its way to somebody.
    private void checkEmpties(String topic) {
        long[] acknowledgedNs = times(of(topic, Kind.PUT), put -> put.outcome == Outcome.OK, put -> put.doneNs);
        List<SimRequest> gets = of(topic, Kind.GET);
        long[] takersNs =
                times(gets, get -> get.outcome == Outcome.OK || get.outcome == Outcome.UNKNOWN, get -> get.sentNs);
        for (SimRequest empty : gets) {
            if (empty.outcome == Outcome.EMPTY) {
                int acknowledged = before(acknowledgedNs, empty.sentNs);
                int taken = before(takersNs, empty.doneNs + 1);
                if (acknowledged > taken) {
                    throw new ClusterFailure(
                            BrokenPromise.OUTDATED,
                            "EMPTY, when " + acknowledged + " entries were acknowledged and only " + taken
                                    + " GETs can have taken one: " + empty);
                }
            }
        }
    }

    /// STATE counts what was acknowledged before it was asked, and nothing that was not even sent when it was answered.
    private void checkStates(String topic) {
        List<SimRequest> puts = of(topic, Kind.PUT);
        long[] acknowledgedNs = times(puts, put -> put.outcome == Outcome.OK, put -> put.doneNs);
        long[] sentNs = times(puts, put -> put.outcome != Outcome.REFUSED, put -> put.sentNs);
        for (SimRequest state : of(topic, Kind.STATE)) {
            if (state.outcome == Outcome.OK && state.entries != SimRequest.NOT_TOLD) {
                int least = before(acknowledgedNs, state.sentNs);
                int most = before(sentNs, state.doneNs + 1);
                if (state.entries < least || state.entries > most) {
                    throw new ClusterFailure(
                            BrokenPromise.OUTDATED,
                            "STATE says " + state.entries + ", when " + least + " to " + most
                                    + " entries can be there: " + state);
                }
            }
        }
    }

    private static long[] times(
            List<SimRequest> requests, Predicate<SimRequest> which, ToLongFunction<SimRequest> time) {
        return requests.stream().filter(which).mapToLong(time).sorted().toArray();
    }

    /// How many of the times, in their order, lie before that one.
    private static int before(long[] times, long limitNs) {
        int low = 0;
        int high = times.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < limitNs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static String abridged(String payload) {
        return payload.substring(0, Math.min(20, payload.length()));
    }
}
