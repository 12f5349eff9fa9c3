package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.Optional;

/** The answers of the rules that are under test, from the messages themselves. */
final class PeerOurs {
    private static final CachePolicy POLICY = CachePolicy.standard();

    private PeerOurs() {}

    static PeerAnswers answers(PeerVector v) {
        GatewayRequest request = v.request();
        Optional<CachedResponse> stored = CacheRules.storable(
                POLICY, request, v.response(), "b", v.receivedMillis() - v.delayMillis(), v.receivedMillis());
        if (stored.isEmpty()) {
            return PeerAnswers.NOT_STORED;
        }
        CachedResponse entry = stored.get();
        return new PeerAnswers(
                true,
                Long.toString(entry.freshMillis()),
                Long.toString(CacheRules.ageSeconds(entry, v.laterMillis())),
                reuse(entry, request, v.secondRequest(), v.laterMillis()),
                update(entry, request, v));
    }

    private static String reuse(CachedResponse entry, GatewayRequest first, GatewayRequest second, long now) {
        if (CacheRules.useFor(POLICY, second) != CacheRules.Use.LOOKUP
                || !CacheRules.sameVariant(entry.headers(), first, second)) {
            return "M";
        }
        return switch (Reuse.of(POLICY, RequestFields.of(second), entry, now)) {
            case FRESH, STALE -> "H";
            case STALE_MEANWHILE -> "W";
            case VALIDATE_STALE, VALIDATE_REQUEST, NONE -> "M";
        };
    }

    private static String update(CachedResponse entry, GatewayRequest request, PeerVector v) {
        PeerChoice update = v.the("update");
        if (update.absent()) {
            return "-";
        }
        if (!update.text().equals("304")) {
            boolean covered = CacheRules.error(Integer.parseInt(update.text()))
                    && CacheRules.covers(POLICY, request, entry, false, v.laterMillis());
            return covered ? "C" : "N";
        }
        Headers fields = v.notModified();
        if (!Validators.confirms(fields, entry)) {
            return "N";
        }
        GatewayResponse updated = Freshening.updated(entry, fields);
        return CacheRules.storable(POLICY, request, updated, "b", v.laterMillis(), v.laterMillis())
                .map(confirmed -> Long.toString(confirmed.freshMillis()))
                .orElse("0");
    }
}
