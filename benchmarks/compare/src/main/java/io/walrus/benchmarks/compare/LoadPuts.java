package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.Route;
import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Puts with the load program, for the systems whose protocol it speaks.
final class LoadPuts {
    private LoadPuts() {}

    static Rate measure(Peer peer, Target target, List<String> topics, int depth, Plan plan)
            throws IOException, InterruptedException {
        List<Lane> lanes = new ArrayList<>();
        for (Route route : peer.routes(topics)) {
            lanes.add(new Lane(peer.nodes().get(route.node()).address(), route.topics()));
        }
        return Rate.of(Load.put(
                new LoadOptions(
                        target,
                        lanes.getFirst().address(),
                        Operation.PUT,
                        lanes.size(),
                        depth,
                        Place.PAYLOAD_BYTES,
                        topics.size(),
                        "",
                        0,
                        1,
                        plan.warmUpSeconds(),
                        plan.seconds(),
                        List.of()),
                lanes));
    }
}
