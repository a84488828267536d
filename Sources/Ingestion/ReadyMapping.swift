/// A mapping for the export of a known program.
package struct ReadyMapping: Sendable {
    /// What `--mapping` and `POST /v1/ingest/{mapping}` call it.
    package let name: String
    /// What it reads, for lists.
    package let title: String
    package let mapping: CSVMapping

    package static func named(_ name: String) -> ReadyMapping? { all.first { $0.name == name } }

    /// The one whose columns a table has, the one with the most of them first; nil where it is none that is known.
    package static func fitting(_ header: [String]) -> ReadyMapping? {
        let fitting = all.filter { ready in ready.mapping.columns.allSatisfy(header.contains) }
        // A table of refusals may have every column of those who agreed.
        return fitting.first { ready in ready.mapping.consent.values.contains { $0.column == ready.mapping.timestamp } }
            ?? fitting.max { $0.mapping.columns.count < $1.mapping.columns.count }
    }

    /// Refunds stand after the orders of the same table, so that of an export that fits both the orders are taken.
    package static let all = [
        order(
            "shopify-orders", "Shopify: orders", id: "Name", person: "Email", time: "Created at", total: "Total",
            more: ["currency": "Currency", "coupon": "Discount Code"],
            amounts: ["discount": "Discount Amount", "shipping": "Shipping", "tax": "Taxes", "subtotal": "Subtotal"]
        ) {
            $0.consent = ["marketing": .init(column: "Accepts Marketing")]
            // Further lines of an order have no status, and say nothing that its first does not; what was voided was none.
            $0.only = .init(
                column: "Financial Status",
                values: ["paid", "pending", "authorized", "partially_paid", "partially_refunded", "refunded"])
        },
        refund(
            "shopify-refunds", "Shopify: refunds, of the same export as the orders", id: "Name", person: "Email",
            time: nil,
            amount: "Refunded Amount", more: ["currency": "Currency"]),
        cancellation(
            "shopify-cancellations", "Shopify: orders that were voided, of the same export as the orders", id: "Name",
            person: "Email", status: "Financial Status", is: ["voided"]),
        order(
            "woocommerce-orders", "WooCommerce: Advanced Order Export", id: "Order Number", person: "Email (Billing)",
            time: "Order Date", total: "Order Total Amount", more: ["coupon": "Coupon Code", "status": "Order Status"],
            amounts: ["shipping": "Order Shipping Amount", "discount": "Cart Discount Amount"]
        ) {
            $0.only = .init(
                column: "Order Status", values: ["Completed", "Processing", "wc-completed", "wc-processing"])
        },
        refund(
            "woocommerce-refunds", "WooCommerce: refunds, of the same export as the orders", id: "Order Number",
            person: "Email (Billing)", time: nil, amount: "Order Refund Amount", more: [:]),
        cancellation(
            "woocommerce-cancellations", "WooCommerce: orders that fell through, of the same export as the orders",
            id: "Order Number", person: "Email (Billing)", status: "Order Status",
            is: [
                "Cancelled", "Failed", "Refunded", "Trash", "wc-cancelled", "wc-failed", "wc-refunded", "wc-trash",
            ]),
        order(
            "stripe-charges", "Stripe: payments", id: "id", person: "Customer Email", time: "Created date (UTC)",
            total: "Amount", more: ["currency": "Currency"], amounts: ["fee": "Fee"]
        ) {
            $0.only = .init(column: "Status", values: ["Paid", "Refunded", "Partial Refund", "Disputed"])
            $0.optional = ["Fee"]
            leaveOutTests(&$0)
        },
        refund(
            "stripe-refunds", "Stripe: refunds, of the same export as the payments", id: "id", person: "Customer Email",
            time: "Refunded date (UTC)", amount: "Amount Refunded", more: ["currency": "Currency"], leaveOutTests),
        refund(
            "stripe-disputes", "Stripe: disputes that were lost, of the same export as the payments", id: "id",
            person: "Customer Email", time: "Dispute Date (UTC)", amount: "Disputed Amount",
            more: ["currency": "Currency"]
        ) {
            // Beside what was refunded of the same payment.
            $0.messageID = ["id", "Dispute Date (UTC)"]
            $0.properties["refund_id"] = .init(column: "Dispute Date (UTC)")
            $0.only = .init(column: "Dispute Status", values: ["lost", "charge_refunded"])
            leaveOutTests(&$0)
        },
        order(
            "stripe-api-charges", "Stripe: charges as its API and Sigma have them, in minor units", id: "id",
            person: "customer", time: "created", total: "amount", more: ["currency": "currency"]
        ) {
            $0.properties["revenue"]?.type = .minor
            $0.only = .init(column: "status", values: ["succeeded", "paid"])
            leaveOutTests(&$0)
        },
        refund(
            "stripe-api-refunds", "Stripe: refunds, of the same table as the charges", id: "id", person: "customer",
            time: nil, amount: "amount_refunded", more: ["currency": "currency"]
        ) {
            $0.properties["total"]?.type = .minor
            leaveOutTests(&$0)
        },
        // What GA4 exports names a device or a person only where the exploration has that dimension.
        order(
            "ga4-purchases", "GA4: exploration of purchases with the dimension “Effective user ID”",
            id: "Transaction ID", person: "Effective user ID", time: "Date", total: "Purchase revenue",
            more: ["coupon": "Order coupon"]
        ) {
            $0.optional = ["Order coupon"]
            $0.empty = ["(not set)", "--"]
        },
        people(
            "mailchimp-audience", "Mailchimp: audience", person: "Email Address", time: "OPTIN_TIME",
            traits: [
                "email": "Email Address", "firstName": "First Name", "lastName": "Last Name", "rating": "MEMBER_RATING",
            ]
        ),
        people(
            "mailchimp-unsubscribed", "Mailchimp: those who have unsubscribed", person: "Email Address",
            time: "UNSUB_TIME", traits: ["email": "Email Address"]
        ) { $0.consent = ["marketing:email": .init(column: "UNSUB_TIME", isRefusal: true)] },
        people(
            "mailchimp-cleaned", "Mailchimp: those whom no mail reaches", person: "Email Address", time: "CLEAN_TIME",
            traits: ["email": "Email Address"]
        ) { $0.consent = ["marketing:email": .init(column: "CLEAN_TIME", isRefusal: true)] },
        // What stands in it is so when it is exported, not when the contact was made.
        people(
            "hubspot-contacts", "HubSpot: contacts", person: "Email", time: nil,
            traits: [
                "email": "Email", "firstName": "First Name", "lastName": "Last Name", "lifecycle": "Lifecycle Stage",
            ]
        ) {
            $0.consent = ["marketing:email": .init(column: "Unsubscribed from all email", isRefusal: true)]
        },
        order(
            "salesforce-opportunities", "Salesforce: report of opportunities", id: "Opportunity ID",
            person: "Primary Contact: Email", time: "Close Date", total: "Amount", more: ["stage": "Stage"]
        ) { $0.only = .init(column: "Stage", values: ["Closed Won"]) },
    ]

    // MARK: Kinds

    private static func order(
        _ name: String, _ title: String, id: String, person: String, time: String, total: String,
        more: [String: String] = [:], amounts: [String: String] = [:], _ adjust: (inout CSVMapping) -> Void = { _ in }
    ) -> ReadyMapping {
        var mapping = CSVMapping()
        mapping.event = .literal("Order Completed")
        mapping.userID = person
        mapping.timestamp = time
        mapping.messageID = [id]
        mapping.properties = more.mapValues { .init(column: $0) }
        mapping.properties["order_id"] = .init(column: id)
        mapping.properties["revenue"] = .init(column: total, type: .number)
        for (name, column) in amounts { mapping.properties[name] = .init(column: column, type: .number) }
        adjust(&mapping)
        return ReadyMapping(name: name, title: title, mapping: mapping)
    }

    /// Payments in test mode are no money; which column says so hangs on the export.
    private static func leaveOutTests(_ mapping: inout CSVMapping) {
        mapping.unless = [
            .init(column: "livemode", values: ["false", "0", "f", "no"]), .init(column: "Mode", values: ["test"]),
        ]
        mapping.optional += ["livemode", "Mode"]
    }

    /// - Parameter values: What stands in the column of the status where an order came to nothing.
    private static func cancellation(
        _ name: String, _ title: String, id: String, person: String, status: String, is values: [String]
    ) -> ReadyMapping {
        var mapping = CSVMapping()
        mapping.event = .literal("Order Cancelled")
        mapping.userID = person
        mapping.messageID = [id]
        mapping.properties["order_id"] = .init(column: id)
        mapping.only = .init(column: status, values: values)
        return ReadyMapping(name: name, title: title, mapping: mapping)
    }

    /// - Parameter amount: What was given back; rows with nothing there are no refunds.
    private static func refund(
        _ name: String, _ title: String, id: String, person: String, time: String?, amount: String,
        more: [String: String], _ adjust: (inout CSVMapping) -> Void = { _ in }
    ) -> ReadyMapping {
        var mapping = CSVMapping()
        mapping.event = .literal("Order Refunded")
        mapping.userID = person
        mapping.timestamp = time
        mapping.messageID = [id]
        mapping.properties = more.mapValues { .init(column: $0) }
        mapping.properties["order_id"] = .init(column: id)
        mapping.properties["total"] = .init(column: amount, type: .number)
        // The column says what was given back so far, so that of two readings the greater counts.
        mapping.properties["refund_id"] = .init(column: id)
        mapping.only = .init(column: amount, above: 0)
        adjust(&mapping)
        return ReadyMapping(name: name, title: title, mapping: mapping)
    }

    private static func people(
        _ name: String, _ title: String, person: String, time: String?, traits: [String: String],
        _ adjust: (inout CSVMapping) -> Void = { _ in }
    ) -> ReadyMapping {
        var mapping = CSVMapping()
        mapping.type = .literal("identify")
        mapping.userID = person
        mapping.timestamp = time
        mapping.properties = traits.mapValues { .init(column: $0) }
        adjust(&mapping)
        return ReadyMapping(name: name, title: title, mapping: mapping)
    }
}
