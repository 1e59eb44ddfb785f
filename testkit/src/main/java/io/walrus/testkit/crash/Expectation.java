package io.walrus.testkit.crash;

import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.disk.CrashOutcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The states a crash may leave: one after each change, from some acknowledged one to the last one submitted.
///
/// @param states by number of changes
/// @param acknowledged index of the first one that the death of the process may leave
/// @param forced index of the first one that a loss of power may leave
/// @param lastChanges for people
record Expectation(List<ModelState> states, int acknowledged, int forced, List<String> lastChanges) {
    static final Expectation EMPTY = exactly(ModelState.EMPTY);

    static Expectation exactly(ModelState state) {
        return new Expectation(List.of(state), 0, 0, List.of());
    }

    /// What a crash at this moment may leave.
    static Expectation of(History history, long durableGroup, FsyncPolicy policy) {
        int acknowledged = history.acknowledged(durableGroup);
        int forced =
                switch (policy) {
                    case FsyncPolicy.Group _ -> acknowledged;
                    case FsyncPolicy.Interval _, FsyncPolicy.Os _ -> history.forcedCount();
                };
        return new Expectation(history.since(0), acknowledged, forced, history.tail(12));
    }

    /// What is to be expected after a crash, and after any further crash before that one is recovered from.
    Expectation after(CrashOutcome outcome) {
        return outcome == CrashOutcome.PROCESS_KILLED ? this : new Expectation(states, forced, forced, lastChanges);
    }

    /// The expected state that was found, the latest if several look alike.
    @Nullable
    ModelState match(Map<String, StreamView> found) {
        for (int i = states.size() - 1; i >= acknowledged; i--) {
            if (states.get(i).matches(found)) {
                return states.get(i);
            }
        }
        return null;
    }

    /// Why nothing matched, for people.
    String mismatch(Map<String, StreamView> found) {
        StringBuilder text = new StringBuilder();
        text.append("the engine recovered to none of the states %d to %d.".formatted(acknowledged, states.size() - 1));
        for (int i = 0; i < acknowledged; i++) {
            if (states.get(i).matches(found)) {
                text.append("\n  It is state %d: acknowledged changes are lost.".formatted(i));
            }
        }
        text.append("\n  Against the first: ").append(states.get(acknowledged).differences(found));
        text.append("\n  Against the last: ").append(states.getLast().differences(found));
        return text.toString();
    }
}
