import WeirDomain
import WeirJSON

/// The bodies that the replay sends, written straight into bytes.
enum DemoRequests {
    static func basket(_ basket: JourneyData.Basket, of data: JourneyData, into writer: inout JSONWriter) {
        writer.object { writer in
            track("Order Completed", basket.household, "basket-\(basket.id)", basket.time, &writer)
            writer.name("properties")
            writer.object { writer in
                writer.member("order_id", basket.id)
                writer.member("store", basket.store)
                writer.member("revenue", basket.sales)
                writer.member("retail_discount", basket.retailDiscount)
                writer.member("coupon_discount", basket.couponDiscount)
                writer.member("coupon_match_discount", basket.couponMatch)
                writer.member("coupon_used", basket.couponDiscount > 0)
                writer.member("lines", basket.lines)
                writer.name("categories")
                writer.array { writer in
                    for line in data.basketCategories[basket.categories] {
                        writer.object { writer in
                            writer.member("id", line.category)
                            writer.member("sales", line.sales)
                        }
                    }
                }
                writer.name("coverage")
                writer.array { writer in
                    for line in data.basketCoverage[basket.coverage] {
                        writer.object { writer in
                            writer.member("campaign", line.campaign)
                            writer.member("sales", line.sales)
                        }
                    }
                }
            }
        }
    }

    static func sent(_ campaign: JourneyData.Campaign, to household: String, into writer: inout JSONWriter) {
        writer.object { writer in
            track("Campaign Sent", household, "sent-\(campaign.id)-\(household)", campaign.start, &writer)
            writer.name("properties")
            writer.object { writer in
                writer.member("campaign", campaign.id)
                writer.member("kind", campaign.kind)
            }
        }
    }

    static func redemption(
        _ redemption: JourneyData.Redemption, at time: Timestamp, of data: JourneyData, into writer: inout JSONWriter
    ) {
        let categories = data.couponCategories["\(redemption.campaign)/\(redemption.coupon)"] ?? []
        writer.object { writer in
            track("Coupon Redeemed", redemption.household, "redemption-\(redemption.row)", time, &writer)
            writer.name("properties")
            writer.object { writer in
                writer.member("campaign", redemption.campaign)
                writer.member("coupon", redemption.coupon)
                writer.name("categories")
                writer.array { writer in
                    for category in categories { writer.object { $0.member("id", category) } }
                }
            }
        }
    }

    private static func track(
        _ event: String, _ household: String, _ messageID: String, _ time: Timestamp, _ writer: inout JSONWriter
    ) {
        writer.member("type", "track")
        writer.member("event", event)
        writer.member("userId", household)
        writer.member("messageId", messageID)
        writer.member("timestamp", time.iso8601)
    }

    static func batch<Items: Collection>(
        of items: Items, _ write: (Items.Element, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 * items.count)
        writer.object { writer in
            writer.name("batch")
            writer.array { writer in for item in items { write(item, &writer) } }
        }
        return writer.bytes
    }

    static func decide(
        _ household: String, at time: Timestamp, given offer: String? = nil, into writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("customer", household)
            writer.member("placement", offer == nil ? "till" : "mail")
            writer.member("time", time.iso8601)
            if let offer { writer.member("given", offer) }
        }
    }
}
