package io.walrus.testkit.cluster;

import io.walrus.testkit.cluster.Request.Kind;
import io.walrus.testkit.cluster.Request.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// All that clients asked and were told, and whether that goes with what is stored.
final class ClusterHistory {
    private final List<Request> requests = new ArrayList<>();
    private final Map<String, Set<String>> handedOut = new HashMap<>();

    void sent(Request request) {
        requests.add(request);
    }

    /// Checks what can be checked at once.
    void answered(Request request) {
        if (request.kind == Kind.GET && request.outcome == Outcome.OK) {
            Set<String> before = handedOut.computeIfAbsent(request.topic, _ -> new HashSet<>());
            if (!before.add(request.payload)) {
                throw new ClusterFailure("handed out twice: " + request);
            }
        }
    }

    long count(Predicate<Request> what) {
        return requests.stream().filter(what).count();
    }

    private List<Request> of(String topic, Kind kind) {
        return requests.stream()
                .filter(request -> request.kind == kind && request.topic.equals(topic))
                .toList();
    }

    /// Checks a topic's chain, all drained by GET, against what was asked.
    ///
    /// @param lossless whether no GET can have lost what it was to bring
    void check(String topic, List<String> chain, boolean lossless) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < chain.size(); i++) {
            Integer before = places.put(chain.get(i), i);
            if (before != null) {
                throw new ClusterFailure("stored twice in " + topic + ", as entries " + before + " and " + i + " of "
                        + chain.size() + ": " + abridged(chain.get(i)));
            }
        }
        checkPuts(topic, places);
        checkGets(topic, places, lossless);
        checkEmpties(topic);
        checkStates(topic);
    }

    private void checkPuts(String topic, Map<String, Integer> places) {
        Map<String, Request> puts = new HashMap<>();
        Map<Long, Request> lastOfConnection = new HashMap<>();
        for (Request put : of(topic, Kind.PUT)) {
            puts.put(put.payload, put);
            Integer place = places.get(put.payload);
            if (place == null && put.outcome == Outcome.OK) {
                throw new ClusterFailure("acknowledged, and not stored: " + put);
            }
            if (place != null && put.outcome == Outcome.REFUSED) {
                throw new ClusterFailure("refused, and stored: " + put);
            }
            if (place != null) {
                Request last = lastOfConnection.put(put.connection, put);
                if (last != null && places.getOrDefault(last.payload, -1) > place) {
                    throw new ClusterFailure(
                            "stored before what the same connection sent earlier: " + put + "; earlier: " + last);
                }
            }
        }
        for (String payload : places.keySet()) {
            if (!puts.containsKey(payload)) {
                throw new ClusterFailure("never PUT into " + topic + ": " + abridged(payload));
            }
        }
    }

    private void checkGets(String topic, Map<String, Integer> places, boolean lossless) {
        List<Request> gets = of(topic, Kind.GET);
        List<Request> found =
                gets.stream().filter(get -> get.outcome == Outcome.OK).toList();
        for (Request get : found) {
            if (!places.containsKey(get.payload)) {
                throw new ClusterFailure("handed out, and not stored: " + get);
            }
        }
        // Of two GETs, one of which was answered before the other was sent, the later one finds a later entry.
        List<Request> byEnd = found.stream()
                .sorted(Comparator.comparingLong(get -> get.doneNs))
                .toList();
        int ended = 0;
        Request furthest = null;
        for (Request get : found.stream()
                .sorted(Comparator.comparingLong(get -> get.sentNs))
                .toList()) {
            for (; ended < byEnd.size() && byEnd.get(ended).doneNs < get.sentNs; ended++) {
                Request earlier = byEnd.get(ended);
                if (furthest == null || place(places, furthest) < place(places, earlier)) {
                    furthest = earlier;
                }
            }
            if (furthest != null && place(places, furthest) > place(places, get)) {
                throw new ClusterFailure("handed out after what lies behind it: " + get + "; before: " + furthest);
            }
        }
        long lost = gets.stream().filter(get -> get.outcome == Outcome.UNKNOWN).count();
        int missing = places.size() - found.size();
        if (missing > lost || (lossless && missing > 0)) {
            throw new ClusterFailure(missing + " of " + places.size() + " entries of " + topic
                    + " were handed out to nobody, but only " + lost + " GETs have an unknown outcome");
        }
    }

    private static int place(Map<String, Integer> places, Request request) {
        return places.getOrDefault(request.payload, -1);
    }

    /// At an EMPTY there was a moment, since it was asked for, when all that was acknowledged before had been handed
    /// out or was on its way to somebody.
    private void checkEmpties(String topic) {
        List<Request> puts = of(topic, Kind.PUT).stream()
                .filter(put -> put.outcome == Outcome.OK)
                .sorted(Comparator.comparingLong(put -> put.doneNs))
                .toList();
        List<Request> gets = of(topic, Kind.GET);
        long[] takers = gets.stream()
                .filter(get -> get.outcome == Outcome.OK || get.outcome == Outcome.UNKNOWN)
                .mapToLong(get -> get.sentNs)
                .sorted()
                .toArray();
        for (Request empty : gets) {
            if (empty.outcome == Outcome.EMPTY) {
                long acknowledged = puts.stream()
                        .takeWhile(put -> put.doneNs < empty.sentNs)
                        .count();
                long taken = java.util.Arrays.stream(takers)
                        .takeWhile(sent -> sent <= empty.doneNs)
                        .count();
                if (acknowledged > taken) {
                    throw new ClusterFailure("EMPTY, when " + acknowledged + " entries were acknowledged and only "
                            + taken + " GETs can have taken one: " + empty);
                }
            }
        }
    }

    /// STATE counts what was acknowledged before it was asked, and nothing that was not even sent when it was answered.
    private void checkStates(String topic) {
        List<Request> puts = of(topic, Kind.PUT);
        for (Request state : of(topic, Kind.STATE)) {
            if (state.outcome == Outcome.OK && state.entries != Request.NOT_TOLD) {
                long least = puts.stream()
                        .filter(put -> put.outcome == Outcome.OK && put.doneNs < state.sentNs)
                        .count();
                long most = puts.stream()
                        .filter(put -> put.outcome != Outcome.REFUSED && put.sentNs <= state.doneNs)
                        .count();
                if (state.entries < least || state.entries > most) {
                    throw new ClusterFailure("STATE says " + state.entries + ", when " + least + " to " + most
                            + " entries can be there: " + state);
                }
            }
        }
    }

    private static String abridged(String payload) {
        return payload.substring(0, Math.min(20, payload.length()));
    }
}
