package io.walrus.metadata;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bounds of everything a command can carry.
public final class Limits {
    /// The longest topic or cursor name, in bytes of UTF-8.
    public static final int MAX_NAME_BYTES = 249;

    /// The longest `host:port`, in characters.
    public static final int MAX_ADDRESS_CHARS = 300;

    public static final int MAX_REPLICAS = 15;
    public static final int MAX_CURSORS_PER_TOPIC = 1_000;
    public static final int MAX_COMMANDS_PER_BATCH = 10_000;

    private Limits() {}

    /// Why a topic or cursor may not have this name, in words that follow it, or null if it may.
    public static @Nullable String nameFault(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        if (name.length() > MAX_NAME_BYTES) {
            return "is longer than " + MAX_NAME_BYTES + " bytes";
        }
        if (name.chars().anyMatch(c -> c == ' ' || Character.isISOControl(c))) {
            return "has a space or a control character";
        }
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            return utf8.remaining() > MAX_NAME_BYTES ? "is longer than " + MAX_NAME_BYTES + " bytes" : null;
        } catch (CharacterCodingException _) {
            return "is not valid Unicode";
        }
    }

    /// Why this is no `host:port`, in words that follow it, or null if it is one.
    static @Nullable String addressFault(String address) {
        int colon = address.lastIndexOf(':');
        if (address.length() > MAX_ADDRESS_CHARS) {
            return "is longer than " + MAX_ADDRESS_CHARS + " characters";
        }
        if (colon < 1 || address.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            return "is not host:port";
        }
        String port = address.substring(colon + 1);
        boolean number = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535 ? null : "is not host:port";
    }

    static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }

    static void requireNodeId(long nodeId) {
        require(nodeId >= 1, "node ids start at 1");
    }

    static void requireReplicas(List<Replica> replicas, long leader) {
        require(!replicas.isEmpty() && replicas.size() <= MAX_REPLICAS, "a segment has 1 to 15 replicas");
        require(replicas.stream().anyMatch(r -> r.nodeId() == leader), "the leader is one of the replicas");
    }
}
