package dev.fanoutgateway.caching;

import dev.fanoutgateway.caching.PeerAnswers.Aspect;
import java.util.Objects;

/**
 * A vector with what follows from its facts by the RFCs and our policy, without reading the text of any message.
 *
 * @param facts of the first request and its response
 * @param updated of the same after the 304, if there is one
 * @param second what the second request's {@code Cache-Control} says
 */
record PeerCase(PeerVector vector, PeerFacts facts, PeerFacts updated, PeerSaid second) {
    static PeerCase of(PeerVector vector) {
        return new PeerCase(vector, vector.facts(), vector.updatedFacts(), vector.secondControl());
    }

    PeerChoice the(String feature) {
        return vector.the(feature);
    }

    String foretold(Aspect aspect) {
        return switch (aspect) {
            case STORED -> facts.stored() ? "1" : "0";
            case LIFETIME -> Long.toString(facts.lifetime());
            case AGE -> Long.toString(Math.min(ageMillis() / 1000, Directives.LARGEST_SECONDS));
            case REUSE -> reuse();
            case UPDATE -> update();
        };
    }

    PeerSaid said() {
        return facts.said();
    }

    long ageMillis() {
        return facts.initialAge() + the("elapsed").seconds() * 1000;
    }

    long staleFor() {
        return ageMillis() - facts.lifetime();
    }

    /** RFC 9111 section 4.2.4: whether a client's {@code max-stale} and the like may have a stale response. */
    boolean mayBeAskedForStale() {
        return mayBeStale() && !said().has("sm") && !said().has("pr");
    }

    boolean mayBeStale() {
        return !said().has("mr") && !said().has("nc");
    }

    /** RFC 9111 section 3.5, and for cookies that the origin has stated a lifetime at least. */
    boolean meantFor(boolean authorization, boolean cookie) {
        boolean forAll = said().has("pu") || said().has("sm");
        return authorization
                ? forAll || said().has("mr")
                : !cookie || forAll || said().has("ma") || !facts.expires().absent();
    }

    boolean meantForSecond() {
        return meantFor(!the("authorization2").absent(), !the("cookie2").absent());
    }

    boolean meantForFirst() {
        return meantFor(facts.authorization(), facts.cookie());
    }

    /** Whether the second request selects the variant that is stored, once what means nothing is taken away. */
    boolean sameVariant() {
        return (!selects("accept")
                        || Objects.equals(
                                the("accept").word("n"), the("accept2").word("n")))
                && (!selects("accept-encoding")
                        || Objects.equals(
                                the("encoding").word("n"), the("encoding2").word("n")));
    }

    /** Whether it does so letter by letter. */
    boolean sameText() {
        return (!selects("accept") || joined("accept").equals(joined("accept2")))
                && (!selects("accept-encoding") || joined("encoding").equals(joined("encoding2")));
    }

    private boolean selects(String name) {
        for (var listed : the("vary").node().path("names")) {
            if (listed.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private String joined(String feature) {
        return String.join(", ", the(feature).lines());
    }

    private String reuse() {
        boolean validate = second.present()
                ? second.has("nc") || second.seconds("ma") == 0
                : the("pragma2").flag("nc");
        if (second.has("ns") || !sameVariant() || !meantForSecond() || validate) {
            return "M";
        }
        if ((second.has("ma") && ageMillis() > second.seconds("ma") * 1000)
                || (second.has("mf") && -staleFor() < second.seconds("mf") * 1000)) {
            return "M";
        }
        if (staleFor() < 0) {
            return "H";
        }
        boolean any = second.seconds("mx") == Directives.LARGEST_SECONDS;
        if (mayBeAskedForStale() && second.has("mx") && (any || staleFor() <= second.seconds("mx") * 1000)) {
            return "H";
        }
        return mayBeStale() && staleFor() < said().seconds("sw") * 1000 ? "W" : "M";
    }

    private String update() {
        PeerChoice update = the("update");
        if (update.absent()) {
            return "-";
        }
        if (update.text().equals("304")) {
            return !confirmed() ? "N" : updated.stored() ? Long.toString(updated.lifetime()) : "0";
        }
        return !update.text().equals("404") && covered() ? "C" : "N";
    }

    /** RFC 9111 section 4.3.4: the same strong validator, or no other weak one. */
    boolean confirmed() {
        String theirs = the("updateTag").word("opaque");
        String ours = the("tag").word("opaque");
        if (theirs != null) {
            return theirs.equals(ours)
                    && (the("updateTag").flag("weak") || !the("tag").flag("weak"));
        }
        PeerChoice stored = the("modified");
        return !isModified(the("updateModified"))
                || (isModified(stored)
                        ? stored.text().equals(the("updateModified").text())
                        : ours != null);
    }

    static boolean isModified(PeerChoice modified) {
        return modified.isDate() && modified.lines().size() == 1;
    }

    /** RFC 5861 section 4. */
    private boolean covered() {
        PeerSaid asked = facts.control();
        if (asked.has("nc") || asked.seconds("ma") == 0 || !meantForFirst()) {
            return false;
        }
        long window = mayBeStale() ? said().seconds("se") : 0;
        if (mayBeAskedForStale()) {
            window = Math.max(window, asked.seconds("se"));
        }
        return staleFor() < Math.max(0, window) * 1000;
    }
}
