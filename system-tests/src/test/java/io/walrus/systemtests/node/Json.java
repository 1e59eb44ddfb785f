package io.walrus.systemtests.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;

/// What nodes describe as JSON.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /// The payload of a reply.
    public static JsonNode of(WireReply reply) {
        try {
            return MAPPER.readTree(reply.payload());
        } catch (IOException e) {
            throw new AssertionError(reply + " is no JSON", e);
        }
    }

    public static JsonNode metrics(NodeProcess node) throws IOException {
        return of(node.ask("METRICS"));
    }
}
