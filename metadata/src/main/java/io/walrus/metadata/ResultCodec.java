package io.walrus.metadata;

import io.walrus.metadata.Result.BatchResult;
import io.walrus.metadata.Result.Created;
import io.walrus.metadata.Result.Exists;
import io.walrus.metadata.Result.Ok;
import io.walrus.metadata.Result.Rejected;
import io.walrus.metadata.Result.Sealed;
import io.walrus.metadata.Result.Stale;
import io.walrus.metadata.Result.UnknownTopic;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Results as bytes, as they travel from the metadata leader to the proposing node. [Fields] has the fields.
///
/// ```
/// result    u8 version = 1 | body
/// body      u8 type | by type:
///   1 Ok
///   2 Created, 3 Exists, 4 Sealed, 5 Stale     view
///   6 UnknownTopic   u64 topic
///   7 Rejected       text reason
///   8 BatchResult    u16 count | body...
/// view      u64 topic | text name | u64 sealed entries | u64 open segment | u64 leader | replicas | cursors
/// ```
public final class ResultCodec {
    private static final int VERSION = 1;

    private ResultCodec() {}

    public static byte[] encode(Result result) {
        return Encoding.encode(VERSION, out -> write(out, result));
    }

    public static Result decode(byte[] bytes) throws MalformedException {
        return Encoding.decode(VERSION, bytes, "result", in -> read(in, true));
    }

    private static void write(DataOutput out, Result result) throws IOException {
        switch (result) {
            case Ok() -> out.writeByte(1);
            case Created(var view) -> writeView(out, 2, view);
            case Exists(var view) -> writeView(out, 3, view);
            case Sealed(var view) -> writeView(out, 4, view);
            case Stale(var view) -> writeView(out, 5, view);
            case UnknownTopic(var topicId) -> {
                out.writeByte(6);
                out.writeLong(topicId);
            }
            case Rejected(var reason) -> {
                out.writeByte(7);
                Fields.writeText(out, reason);
            }
            case BatchResult(var results) -> {
                out.writeByte(8);
                Fields.writeCount16(out, results.size(), "results");
                for (Result part : results) {
                    write(out, part);
                }
            }
        }
    }

    private static Result read(DataInputStream in, boolean batchAllowed) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case 1 -> new Ok();
            case 2 -> new Created(readView(in));
            case 3 -> new Exists(readView(in));
            case 4 -> new Sealed(readView(in));
            case 5 -> new Stale(readView(in));
            case 6 -> new UnknownTopic(in.readLong());
            case 7 -> new Rejected(Fields.readText(in));
            case 8 -> {
                if (!batchAllowed) {
                    throw new MalformedException("a batch within a batch");
                }
                int count = in.readUnsignedShort();
                List<Result> results = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    results.add(read(in, false));
                }
                yield new BatchResult(results);
            }
            default -> throw new MalformedException("result of unknown type " + type);
        };
    }

    private static void writeView(DataOutput out, int type, TopicView view) throws IOException {
        out.writeByte(type);
        out.writeLong(view.topicId());
        Fields.writeText(out, view.name());
        out.writeLong(view.sealedEntries());
        Fields.writeOpen(out, view.open());
    }

    private static TopicView readView(DataInputStream in) throws IOException {
        long topicId = in.readLong();
        String name = Fields.readText(in);
        long sealedEntries = in.readLong();
        return new TopicView(topicId, name, Fields.readOpen(in), sealedEntries);
    }
}
