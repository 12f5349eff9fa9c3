package dev.fanoutgateway.servlet;

/** The table of abuse where the filter is mounted at the root of the server, for every path. */
class AbuseAtTheRootContractTest extends AbuseContract {
    AbuseAtTheRootContractTest() {
        super("", "", false);
    }
}
