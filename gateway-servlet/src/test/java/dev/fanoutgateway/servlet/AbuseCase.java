package dev.fanoutgateway.servlet;

import java.util.List;

/**
 * One row of the table of abuse: exact bytes, and what must become of them in every container. {@code CTX} in what is sent
 * stands for the path that the gateway is mounted at, {@code IN} for as much of it as the backend sees; {@code BACKEND} for
 * the backend's own address. Each row is followed on its connection by an honest request, which tells whether the connection
 * is still understood by both sides.
 *
 * @param name what is tried
 * @param sent the bytes, each as one character
 * @param replies the statuses of the answers, in order; a row that is {@link #refused()} has none, or one
 * @param maybe whether a container may refuse by itself what others pass on
 * @param end what becomes of the connection
 * @param seen what the backend gets: every request, each with every line
 * @param credits how many are spent
 * @param stores how many answers are stored
 * @param told what the client must be told
 * @param untold what the client must not be told
 */
record AbuseCase(
        String name,
        String sent,
        List<Integer> replies,
        boolean maybe,
        End end,
        List<Sighting> seen,
        int credits,
        int stores,
        List<String> told,
        List<String> untold) {
    /** What becomes of a connection after a row. */
    enum End {
        /** The honest request that follows is answered. */
        KEPT,
        /** It is not, and the connection is closed. */
        CLOSED,
        /** One or the other. */
        EITHER,
        /** No honest request follows: the row leaves off within a request, or closes the connection by what it says. */
        ALONE
    }

    /**
     * A request as the backend gets it.
     *
     * @param line the request line
     * @param fields those that differ from what every request is sent on with; {@code -name} for one that is missing
     * @param content after decoding of chunks
     */
    record Sighting(String line, List<String> fields, String content) {}

    static AbuseCase of(String name, String... sent) {
        String text = String.join("", sent);
        return new AbuseCase(name, text, List.of(), false, End.EITHER, List.of(), 0, 0, List.of(), List.of());
    }

    /** A row that is one head of these lines, each with its end. */
    static AbuseCase head(String name, String... lines) {
        return of(name, String.join("\r\n", lines), "\r\n\r\n");
    }

    /** Refused by whoever sees it first, with whatever status above 400 or with the end of the connection. */
    AbuseCase refused() {
        return this;
    }

    /** Refused by the gateway: the same in every container. */
    AbuseCase refused(int status) {
        return answers(status);
    }

    AbuseCase answers(Integer... statuses) {
        return new AbuseCase(name, sent, List.of(statuses), maybe, end, seen, credits, stores, told, untold);
    }

    /** A container may refuse this by itself; then nothing reaches the backend. */
    AbuseCase unlessRefused() {
        return new AbuseCase(name, sent, replies, true, end, seen, credits, stores, told, untold);
    }

    AbuseCase kept() {
        return ending(End.KEPT);
    }

    AbuseCase closed() {
        return ending(End.CLOSED);
    }

    AbuseCase alone() {
        return ending(End.ALONE);
    }

    private AbuseCase ending(End how) {
        return new AbuseCase(name, sent, replies, maybe, how, seen, credits, stores, told, untold);
    }

    /** Passed on like this, and answered with 200. */
    AbuseCase sees(String line, String... fields) {
        return seesContent("", line, fields);
    }

    AbuseCase seesContent(String content, String line, String... fields) {
        List<Sighting> more = plus(seen, new Sighting(line, List.of(fields), content));
        List<Integer> answers = replies.size() >= more.size() ? replies : plus(replies, 200);
        return new AbuseCase(name, sent, answers, maybe, end, more, credits, stores, told, untold);
    }

    AbuseCase spends(int number) {
        return new AbuseCase(name, sent, replies, maybe, end, seen, number, stores, told, untold);
    }

    AbuseCase stores(int number) {
        return new AbuseCase(name, sent, replies, maybe, end, seen, credits, number, told, untold);
    }

    AbuseCase tells(String text) {
        return new AbuseCase(name, sent, replies, maybe, end, seen, credits, stores, plus(told, text), untold);
    }

    AbuseCase tellsNot(String text) {
        return new AbuseCase(name, sent, replies, maybe, end, seen, credits, stores, told, plus(untold, text));
    }

    private static <T> List<T> plus(List<T> list, T more) {
        return java.util.stream.Stream.concat(list.stream(), java.util.stream.Stream.of(more))
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
