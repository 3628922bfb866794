"""One report with something in every field, as records and as it must read in JSON."""

from smartbin import installed, report, rows

NOON = 636_422_400
GOOD = rows.Reading(42, NOON, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, 1, 1, 8)
SILENT = rows.Reading(41, NOON - 900, 1, None, None, None, None, 0, 0, 2, 1, 9, -5, 0, 0, 0)
TIMELESS = rows.Reading(40, 77, 0, None, None, None, 30, 2, 1, 5, 3, 3, 0, 1, 0, 0)
TOLD = [("tcp", 2), ("sonar", 1)]
NEWS = (("emptied", 1, 40), ("full", 1, 42))
EMPTIED = (83, 4, "high", "lid", 40, None)
STATE = report.Bin(("full", "tilted"), NEWS, EMPTIED, (40, 900), (26, "low"), 21)
INSTALL = installed.Record(
    1, NOON, 1200, 250, 600, 1197, None, 29, 30, 8, -67, 2310, 3594, None, ("blind", "few")
)
HEADER = report.Header("bank-7", 7, 3, 3594, -67, 21_600, 0, (30, 40), TOLD, STATE, 187, INSTALL)
BARE = report.Header("bank-7", 0, 1, None, None, 60, 12, None, [], report.QUIET, 0, None)

INSTALLED = '"install":{"verdict":"warnings","at":1583107200,"reasons":["blind","few"],'
INSTALLED += '"empty_mm":1200,"full_mm":250,"width_mm":600,"floor_mm":1197,"second_mm":null,'
INSTALLED += '"echoes":29,"asked":30,"spread_mm":8,"rssi_dbm":-67,"session_ms":2310,'
INSTALLED += '"battery_mv":3594,"loaded_mv":null}'

ROW = "[41,1583106300,1,null,null,null,null,0,2,-5,0,0]"

EMPTYING = '"emptied":{"before_pct":83,"after_pct":4,"confidence":"high","trigger":"lid",'
EMPTYING += '"seq":40,"at":null}'

# The fields of a message, in their order.
FIELDS = (
    '"v":1',
    '"bin":"bank-7"',
    '"epoch":7',
    '"boot":3',
    '"seq":42',
    '"at":1583107200',
    '"clock":"set"',
    '"alarm":1',
    '"fill_pct":43',
    '"lo_pct":42',
    '"hi_pct":44',
    '"at_least":1',
    '"last_pct":40',
    '"last_age_s":900',
    '"full_in_h":26',
    '"full_in":"low"',
    '"distance_mm":791',
    '"spread_mm":4',
    '"quality":4',
    '"reason":"ok"',
    '"heard":3',
    '"pings":3',
    '"air_c":18',
    '"lid_c":21',
    '"battery_mv":3594',
    '"rssi_dbm":-67',
    '"spent_mc":187',
    '"next":21600',
    '"lost":0',
    '"gap":[30,40]',
    '"events":["full","tilted"]',
    '"news":[["emptied",1,40],["full",1,42]]',
    EMPTYING,
    '"notes":{"tcp":2,"sonar":1}',
    INSTALLED,
    '"backlog":[[40,null,0,null,null,null,30,1,5,0,1,0],%s]' % ROW,
)
NULLABLE = ("fill_pct", "lo_pct", "hi_pct", "distance_mm", "battery_mv", "rssi_dbm", "gap")
NULLABLE += ("lid_c", "emptied", "install")
