package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Parts of responses in the cache (RFC 9111 sections 3.3 and 3.4): what is kept of a 206, how parts become larger ones, and
 * what is answered from them. A part never passes for the whole. Pure functions; none throws, whatever an entry holds.
 */
final class Parts {
    private Parts() {}

    /**
     * An entry of kind {@link Kind#PART} from one with the status 206; empty if it is none that can be kept: one with
     * several parts, or without the length of the whole, or with content that is not the range it says.
     */
    static Optional<CachedResponse> of(CachedResponse entry) {
        if (entry.status() != 206
                || isMultipart(entry.headers())
                || rangeOf(entry).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(like(entry, Kind.PART, 206, entry.headers(), entry.body()));
    }

    /**
     * What to store once {@code part} has come and {@code stored} is there: both together if they have the same strong
     * entity tag and leave no gap, which is a complete response once nothing is missing; else {@code part} alone. A
     * complete response with that tag stays, with the part's fields and freshness.
     *
     * @param stored of any kind
     * @param part of kind {@link Kind#PART}, the newer one
     */
    static CachedResponse combined(CachedResponse stored, CachedResponse part) {
        Optional<ContentRange> known = heldOf(stored);
        Optional<ContentRange> more = rangeOf(part);
        String tag = EntityTags.strong(part.headers());
        if (known.isEmpty() || more.isEmpty() || tag == null || !tag.equals(EntityTags.strong(stored.headers()))) {
            return part;
        }
        ContentRange one = known.get();
        ContentRange other = more.get();
        if (!one.joins(other) || !agree(stored.body(), one, part.body(), other)) {
            return part;
        }
        ContentRange all = one.with(other);
        if (all.length() > Integer.MAX_VALUE - 8) { // what an array can hold
            return part;
        }
        byte[] body = one.equals(all) ? stored.body() : union(stored.body(), one, part.body(), other);
        Headers fields = fields(stored.headers(), part.headers(), all);
        return like(part, all.whole() ? Kind.RESPONSE : Kind.PART, all.whole() ? 200 : 206, fields, body);
    }

    /**
     * The answer from a part to a GET of ranges that are wholly within it, or 304 if the client has them (RFC 9110 section
     * 13.2.2); empty for every other request: it needs more than the part (RFC 9111 section 3.3).
     */
    static Optional<GatewayResponse> answer(CachedResponse part, GatewayRequest request, long ageSeconds) {
        Optional<ContentRange> held = part.kind() == Kind.PART ? rangeOf(part) : Optional.empty();
        int asked = request.method().equals("GET") ? Conditions.in(request.headers()) : 0;
        if (held.isEmpty() || (asked & Conditions.RANGE) == 0) {
            return Optional.empty();
        }
        long total = held.get().total();
        List<ByteRange> ranges =
                ByteRange.of(request.headers().all("Range"), total).orElse(List.of());
        if (ranges.isEmpty() || !ranges.stream().allMatch(held.get()::covers)) {
            return Optional.empty();
        }
        Headers fields = Serving.aged(part, ageSeconds);
        if (Conditions.clientHasIt(asked, fields, request.headers(), part.receivedMillis())) {
            return Optional.of(Serving.notModified(fields));
        }
        return Conditions.rangeHolds(asked, fields, request.headers(), part.receivedMillis())
                ? PartialAnswers.of(fields, part.body(), held.get().first(), total, ranges)
                : Optional.empty();
    }

    /** What an entry holds of the content: all, if it is complete. */
    private static Optional<ContentRange> heldOf(CachedResponse entry) {
        if (entry.kind() == Kind.RESPONSE && entry.status() == 200 && entry.body().length > 0) {
            int length = entry.body().length;
            return Optional.of(new ContentRange(0, length - 1, length));
        }
        return entry.kind() == Kind.PART ? rangeOf(entry) : Optional.empty();
    }

    private static Optional<ContentRange> rangeOf(CachedResponse part) {
        return ContentRange.of(part.headers()).filter(range -> range.length() == part.body().length);
    }

    private static boolean isMultipart(Headers headers) {
        return headers.all("Content-Type").stream()
                .anyMatch(type -> Ascii.lower(type).contains("multipart/byteranges"));
    }

    /** Whether the bytes that both hold are the same: if not, then the tag has promised too much. */
    private static boolean agree(byte[] one, ContentRange oneRange, byte[] other, ContentRange otherRange) {
        long from = Math.max(oneRange.first(), otherRange.first());
        long to = Math.min(oneRange.last(), otherRange.last()) + 1;
        return from >= to
                || Arrays.equals(
                        one,
                        (int) (from - oneRange.first()),
                        (int) (to - oneRange.first()),
                        other,
                        (int) (from - otherRange.first()),
                        (int) (to - otherRange.first()));
    }

    private static byte[] union(byte[] one, ContentRange oneRange, byte[] other, ContentRange otherRange) {
        ContentRange all = oneRange.with(otherRange);
        byte[] bytes = new byte[(int) all.length()];
        System.arraycopy(one, 0, bytes, (int) (oneRange.first() - all.first()), one.length);
        System.arraycopy(other, 0, bytes, (int) (otherRange.first() - all.first()), other.length);
        return bytes;
    }

    /** The stored fields, replaced by what the new response has of the same names (RFC 9111 section 3.2). */
    private static Headers fields(Headers stored, Headers fresh, ContentRange all) {
        Headers kept = stored.without(name -> fresh.contains(name) || PartialAnswers.describesContent(name));
        Headers.Builder fields = kept.toBuilder().addAll(fresh.without(PartialAnswers::describesContent));
        if (!all.whole()) {
            fields.add(ContentRange.FIELD, all.toString());
        }
        return fields.add("Content-Length", Long.toString(all.length())).build();
    }

    private static CachedResponse like(CachedResponse entry, Kind kind, int status, Headers headers, byte[] body) {
        return new CachedResponse(
                kind,
                status,
                headers,
                body,
                entry.backend(),
                entry.receivedMillis(),
                entry.initialAgeMillis(),
                entry.freshMillis(),
                entry.keepMillis(),
                entry.elapsedMillis());
    }
}
