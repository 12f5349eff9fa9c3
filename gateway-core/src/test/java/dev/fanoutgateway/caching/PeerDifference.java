package dev.fanoutgateway.caching;

import static dev.fanoutgateway.caching.PeerAnswers.Aspect.AGE;
import static dev.fanoutgateway.caching.PeerAnswers.Aspect.LIFETIME;
import static dev.fanoutgateway.caching.PeerAnswers.Aspect.REUSE;
import static dev.fanoutgateway.caching.PeerAnswers.Aspect.STORED;
import static dev.fanoutgateway.caching.PeerAnswers.Aspect.UPDATE;

import dev.fanoutgateway.caching.PeerAnswers.Aspect;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * In what our rules differ from http-cache-semantics. What each is for stands in the table of
 * {@code docs/decisions/differences-from-http-cache-semantics.md}, under the same name.
 *
 * <p>Where one applies, our answer is its {@link #answer}, or, where that depends on more than its own fact, what all facts
 * foretell. Where none applies both say the same.
 */
enum PeerDifference {
    HEAD_FILLS_NOTHING(STORED, c -> c.facts().method().equals("HEAD"), "0"),
    POST_FILLS_NOTHING(STORED, c -> c.facts().method().equals("POST"), "0"),
    COOKIES_NAME_A_CALLER(STORED, c -> c.facts().cookie() && !forAll(c), "0"),
    SHARED_FOR_NO_TIME(STORED, c -> c.facts().authorization() && c.said().seconds("sm") == 0 && !forAll(c), "0"),
    SET_COOKIE(STORED, c -> c.facts().setCookie() && !c.said().has("cookieKept"), "0"),
    VARIES_BY_EVERYTHING(STORED, c -> c.the("vary").flag("star"), "0"),
    OF_NO_USE(
            STORED, c -> c.facts().lifetime() != PeerFacts.UNSTATED && c.facts().useless(), "0"),
    ERRORS_NEED_A_REASON(STORED, c -> c.facts().status() >= 400 && c.facts().lifetime() == PeerFacts.UNSTATED, "0"),
    MORE_STATUSES(
            STORED, c -> c.facts().keptStatus() && !isUnderstoodByPeer(c.facts().status())),
    UNDERSTOOD_THOUGH_NO_STORE(STORED, c -> c.said().has("mu") && c.said().has("ns")),
    PRIVATE_FIELDS(STORED, c -> c.said().has("pvf")),
    TARGETED_STORING(STORED, c -> c.facts().isTargeted()),
    CASE_OF_STORING(STORED, c -> odd(c, "case") || c.facts().control().isOdd("case")),
    QUOTED_STORING(STORED, c -> odd(c, "quoted")),
    EMPTY_ARGUMENT_OF_STORING(STORED, c -> odd(c, "empty")),
    RESTRICTION_BEFORE_A_SEMICOLON(STORED, c -> odd(c, "semicolon")),
    EMPTY_EXPIRES_STORING(STORED, c -> isEmptyExpires(c.facts())),

    TARGETED_LIFETIME(LIFETIME, c -> c.facts().isTargeted()),
    CASE_OF_LIFETIME(LIFETIME, c -> odd(c, "case")),
    NO_NUMBER(LIFETIME, c -> odd(c, "number")),
    BLANKS_AROUND_THE_SIGN(LIFETIME, c -> odd(c, "blank")),
    EMPTY_ARGUMENT_OF_LIFETIME(LIFETIME, c -> odd(c, "empty")),
    LARGE_NUMBER(LIFETIME, c -> odd(c, "large")),
    NO_CACHE_FIELDS(LIFETIME, c -> c.said().has("ncf")),
    QUOTED_LIFETIME(LIFETIME, c -> odd(c, "quoted")),
    STATED_TWICE(LIFETIME, c -> c.said().clash()),
    IMMUTABLE(LIFETIME, c -> c.facts().cacheControl().has("im")),
    PROXY_REVALIDATE(LIFETIME, c -> c.facts().cacheControl().has("pr")),
    TIME_OF_THE_ROUTE(LIFETIME, PeerDifference::isByDefault, Long.toString(PeerFacts.TTL)),
    GUESS_HAS_A_LIMIT(LIFETIME, PeerDifference::isGuessedLong, Long.toString(PeerFacts.TTL)),
    EXPIRES_THAT_IS_NO_DATE(LIFETIME, c -> c.the("expires").odd().equals("date")),
    EXPIRES_TWICE(LIFETIME, c -> c.the("expires").odd().equals("twice")),
    DATE_THAT_IS_NONE(LIFETIME, c -> c.the("date").odd().equals("date")),
    LAST_MODIFIED_THAT_IS_NO_DATE(LIFETIME, c -> c.the("modified").odd().equals("date")),
    CASE_OF_PRAGMA(LIFETIME, c -> c.the("pragma").odd().equals("case")),

    APPARENT_AGE(AGE, c -> c.facts().dateMillis() < c.facts().receivedMillis()),
    TIME_ON_THE_WAY(AGE, c -> c.facts().delayMillis() > 0),
    AGE_THAT_IS_NO_NUMBER(AGE, c -> c.the("age").odd().equals("number")),
    LARGE_AGE(AGE, c -> c.the("age").odd().equals("large")),

    NO_STORE_ASKED(REUSE, c -> c.second().has("ns"), "M"),
    HEAD_FROM_GET(REUSE, c -> c.the("method2").text().equals("HEAD")),
    NOT_MEANT_FOR_THE_CALLER(REUSE, c -> !c.meantForSecond(), "M"),
    MUST_REVALIDATE_ONCE_STALE(REUSE, c -> c.facts().cacheControl().has("mr")),
    PRAGMA_BESIDE_CACHE_CONTROL(
            REUSE, c -> c.the("pragma2").flag("nc") && c.second().present()),
    CASE_OF_PRAGMA_ASKED(REUSE, c -> c.the("pragma2").odd().equals("case")),
    RELOAD(REUSE, c -> c.second().seconds("ma") == 0, "M"),
    CASE_ASKED(REUSE, c -> c.second().isOdd("case")),
    NO_NUMBER_ASKED(REUSE, c -> c.second().isOdd("number") || c.second().isOdd("empty")),
    QUOTED_ASKED(REUSE, c -> c.second().isOdd("quoted")),
    MAX_STALE_IS_FORBIDDEN(REUSE, c -> c.second().has("mx") && c.staleFor() >= 0 && !c.mayBeAskedForStale()),
    MAX_STALE_TO_THE_SECOND(REUSE, c -> c.staleFor() == c.second().seconds("mx") * 1000),
    STALE_WHILE_NO_CACHE(REUSE, c -> c.said().has("sw") && c.said().has("nc"), "M"),
    CASE_OF_STALE(REUSE, c -> odd(c, "case")),
    NO_NUMBER_OF_STALE(REUSE, c -> odd(c, "number") || c.said().clash()),
    SPELLING_OF_VARIANTS(REUSE, c -> c.sameVariant() && !c.sameText()),
    REUSE_BY_LIFETIME_AND_AGE(REUSE, c -> differs(c, LIFETIME) || differs(c, AGE)),

    REVALIDATION_COVERS_NOTHING(UPDATE, c -> isError(c) && !c.mayBeStale()),
    ERRORS_COVERED_BY_LIFETIME_AND_AGE(UPDATE, c -> isError(c) && (differs(c, LIFETIME) || differs(c, AGE))),
    ERRORS_COVERED_AS_ASKED(UPDATE, c -> isError(c) && c.facts().control().has("se")),
    NOT_COVERED_WHERE_ASKED_ANEW(UPDATE, c -> isError(c) && isReload(c.facts().control()), "N"),
    COVERING_SPELT_OTHERWISE(
            UPDATE,
            c -> isError(c) && (odd(c, "case") || odd(c, "number") || c.said().clash())),

    NOT_MODIFIED_NAMES_NOTHING(UPDATE, c -> isNotModified(c) && !hasTag(c) && !hasDate(c)),
    NOT_MODIFIED_NAMES_A_DATE(UPDATE, c -> isNotModified(c) && !hasTag(c) && hasDate(c)),
    WEAK_TAG_IS_NOT_STRONG(
            UPDATE, c -> isNotModified(c) && hasTag(c) && c.the("tag").flag("weak")),
    FIELDS_ARE_ADDED(UPDATE, c -> isNotModified(c) && c.confirmed() && addsFields(c)),
    DATE_OF_THE_UPDATE(
            UPDATE,
            c -> isNotModified(c) && c.confirmed() && !c.updated().expires().absent()),
    LIFETIME_OF_THE_UPDATE(UPDATE, c -> isNotModified(c) && c.confirmed() && isLifetimeOfOurs(c.updated()));

    private final Aspect aspect;
    private final Predicate<PeerCase> applies;
    private final @Nullable String answer;

    PeerDifference(Aspect aspect, Predicate<PeerCase> applies) {
        this(aspect, applies, null);
    }

    PeerDifference(Aspect aspect, Predicate<PeerCase> applies, @Nullable String answer) {
        this.aspect = aspect;
        this.applies = applies;
        this.answer = answer;
    }

    static List<PeerDifference> of(PeerCase c, Aspect aspect) {
        return List.of(values()).stream()
                .filter(difference -> difference.aspect == aspect && difference.applies.test(c))
                .toList();
    }

    /** What our rules say where this applies. */
    String answer(PeerCase c) {
        return answer == null ? c.foretold(aspect) : answer;
    }

    Aspect aspect() {
        return aspect;
    }

    /** As it is written in the table. */
    String inWords() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static boolean odd(PeerCase c, String how) {
        return c.facts().cacheControl().isOdd(how);
    }

    private static boolean forAll(PeerCase c) {
        return c.said().has("pu") || c.said().has("mr") || c.said().seconds("sm") > 0;
    }

    private static boolean isUnderstoodByPeer(int status) {
        return status < 400
                ? status != 201 && status != 299
                : List.of(404, 405, 410, 414, 501).contains(status);
    }

    private static boolean isEmptyExpires(PeerFacts facts) {
        return !facts.expires().absent() && facts.expires().text().isEmpty();
    }

    private static boolean isByDefault(PeerCase c) {
        PeerChoice modified = c.facts().modified();
        return c.facts().guess() && modified.lines().size() != 1;
    }

    private static boolean isGuessedLong(PeerCase c) {
        PeerFacts facts = c.facts();
        return facts.guess()
                && facts.modified().lines().size() == 1
                && facts.modified().isDate()
                && facts.sinceModified() / 10 > PeerFacts.TTL;
    }

    private static boolean isNotModified(PeerCase c) {
        return c.the("update").lines().contains("304");
    }

    private static boolean isError(PeerCase c) {
        return !c.the("update").absent() && !isNotModified(c);
    }

    private static boolean isReload(PeerSaid asked) {
        return asked.has("nc") || asked.seconds("ma") == 0;
    }

    private static boolean hasTag(PeerCase c) {
        return c.the("updateTag").node().has("opaque");
    }

    private static boolean hasDate(PeerCase c) {
        return PeerCase.isModified(c.the("updateModified"));
    }

    private static boolean addsFields(PeerCase c) {
        return (c.facts().expires().absent() && !c.the("updateExpires").absent())
                || (!c.facts().cacheControl().present() && !c.the("updateSaid").absent())
                || (c.facts().modified().absent() && !c.the("updateModified").absent());
    }

    private static boolean isLifetimeOfOurs(PeerFacts f) {
        PeerSaid said = f.cacheControl();
        return f.guess()
                || f.useless()
                || !f.stored()
                || f.isTargeted()
                || !said.odd().isEmpty()
                || said.clash()
                || said.has("im")
                || said.has("pr");
    }

    private static boolean differs(PeerCase c, Aspect aspect) {
        return !c.foretold(aspect).equals(c.vector().theirs().of(aspect));
    }
}
