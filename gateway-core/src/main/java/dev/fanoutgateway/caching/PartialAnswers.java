package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Answers with part of a response's content, or with the news that it has no such part (RFC 9110 section 14). */
final class PartialAnswers {
    private static final byte[] LINE_END = {'\r', '\n'};

    /** More than the fields of one part take, but for its {@code Content-Type}. */
    private static final int PART_OVERHEAD = 256;

    private PartialAnswers() {}

    /**
     * 206 with these ranges: one as it is, not copied, several as {@code multipart/byteranges} (sections 15.3.7 and 14.6).
     * Empty if they are too much for one answer.
     *
     * @param fields of the whole response
     * @param held what is at hand of its content; every range is within it
     * @param offset where in the whole content that begins
     * @param total the length of the whole content
     */
    static Optional<GatewayResponse> of(Headers fields, byte[] held, long offset, long total, List<ByteRange> ranges) {
        Headers.Builder partial = fields.without(PartialAnswers::describesContent).toBuilder();
        if (ranges.size() == 1) {
            ByteRange range = ranges.get(0);
            Body part = Body.of(held).slice((int) (range.first() - offset), (int) range.length());
            partial.add("Content-Range", contentRange(range, total));
            return Optional.of(response(206, partial, part));
        }
        String type = fields.first("Content-Type").orElse("");
        long size = 0;
        for (ByteRange range : ranges) {
            size += range.length() + PART_OVERHEAD + type.length();
        }
        if (size > Integer.MAX_VALUE - PART_OVERHEAD) {
            return Optional.empty();
        }
        String boundary = UUID.randomUUID().toString(); // the content's author cannot know it, so cannot forge a part
        byte[] parts = multipart(held, offset, total, ranges, type, boundary, (int) size);
        partial.remove("Content-Type").add("Content-Type", "multipart/byteranges; boundary=" + boundary);
        return Optional.of(response(206, partial, Body.of(parts)));
    }

    /**
     * 416 (section 15.5.17). What was said of the content, or of keeping it, is not said of this, which nobody may keep.
     */
    static GatewayResponse unsatisfiable(Headers fields, long total) {
        Headers.Builder kept = fields.without(PartialAnswers::isOfRepresentation).toBuilder();
        kept.add("Content-Range", "bytes */" + total).add("Cache-Control", "no-store");
        return response(416, kept, Body.empty());
    }

    private static GatewayResponse response(int status, Headers.Builder fields, Body body) {
        return new GatewayResponse(
                status,
                fields.add("Content-Length", Long.toString(body.length())).build(),
                body);
    }

    private static byte[] multipart(
            byte[] held, long offset, long total, List<ByteRange> ranges, String type, String boundary, int size) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream(size);
        for (ByteRange range : ranges) {
            String typeLine = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
            String head = "--" + boundary + "\r\n" + typeLine + "Content-Range: " + contentRange(range, total) + "\r\n";
            parts.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
            parts.writeBytes(LINE_END);
            parts.write(held, (int) (range.first() - offset), (int) range.length());
            parts.writeBytes(LINE_END);
        }
        parts.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return parts.toByteArray();
    }

    private static String contentRange(ByteRange range, long total) {
        return "bytes " + range.first() + '-' + range.last() + '/' + total;
    }

    /** True of the whole content, but not of a part. */
    static boolean describesContent(String name) {
        return switch (Ascii.lower(name)) {
            case "content-length", "content-range", "content-digest", "content-md5" -> true;
            default -> false;
        };
    }

    private static boolean isOfRepresentation(String name) {
        String lower = Ascii.lower(name);
        return switch (lower) {
            case "age", "cache-control", "pragma", "expires", "etag", "last-modified", "repr-digest", "digest" -> true;
            default -> lower.startsWith("content-") || lower.endsWith("-cache-control");
        };
    }
}
