package io.walrus.cli;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Waits until nodes serve as one cluster: each of them answers, knows a leader of the metadata, and takes all of them
/// for voters.
final class ClusterWait {
    private static final long LOOK_AGAIN_MS = 100;
    private static final ClientOptions IMPATIENT = ClientOptions.DEFAULT
            .withConnectTimeout(Duration.ofSeconds(1))
            .withRequestTimeout(Duration.ofSeconds(1))
            .withReconnectWithin(Duration.ZERO);

    private final List<NodeAddress> addresses;
    private final Terminal terminal;

    /// @param addresses of all the nodes that are waited for
    ClusterWait(List<NodeAddress> addresses, Terminal terminal) {
        this.addresses = addresses;
        this.terminal = terminal;
    }

    /// What METRICS says of one node's part in the cluster.
    private record Member(
            NodeAddress address, long id, @Nullable Long leader, List<?> voters) {
        static Member of(NodeAddress address, String metrics) {
            Object json = JsonReader.read(metrics);
            Object configs = in(in(in(json, "membership_config"), "membership"), "configs");
            Object last = configs instanceof List<?> list && !list.isEmpty() ? list.getLast() : List.of();
            return new Member(
                    address,
                    in(json, "id") instanceof Long id ? id : 0,
                    in(json, "current_leader") instanceof Long leader ? leader : null,
                    last instanceof List<?> voters ? voters : List.of());
        }

        private static @Nullable Object in(@Nullable Object object, String field) {
            return object instanceof Map<?, ?> fields ? fields.get(field) : null;
        }
    }

    /// Returns once all nodes serve, having said so.
    ///
    /// @param seconds for how long at most; 0 looks once
    void run(long seconds) throws Failure, InterruptedException {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (true) {
            List<Member> members = new ArrayList<>();
            String obstacle = look(members);
            if (obstacle == null) {
                StringBuilder text = new StringBuilder();
                members.forEach(
                        member -> text.append("node ").append(member.id()).append(" serves\n"));
                text.append("node ").append(members.getFirst().leader()).append(" leads the metadata");
                terminal.print(text.toString().getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (System.nanoTime() >= deadlineNs) {
                throw new Failure(Failure.CANNOT_CONNECT, "walrus-cli: not all nodes serve: " + obstacle);
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    /// Asks all nodes.
    ///
    /// @return why they don't serve; null if they do
    private @Nullable String look(List<Member> members) throws InterruptedException {
        for (NodeAddress address : addresses) {
            try (WalrusClient client = WalrusClient.connect(List.of(address), IMPATIENT)) {
                members.add(Member.of(address, client.metrics()));
            } catch (WalrusException e) {
                return e.getMessage();
            } catch (IllegalArgumentException _) {
                return address + ": the reply to METRICS can't be read";
            }
        }
        List<Long> ids = members.stream().map(Member::id).toList();
        for (Member member : members) {
            if (member.leader() == null) {
                return member.address() + ": no leader of the metadata";
            }
            if (!member.voters().containsAll(ids)) {
                return member.address() + ": of nodes " + ids + " only " + member.voters() + " have a vote";
            }
        }
        return null;
    }
}
