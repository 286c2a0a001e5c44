"""What each text is heard as, question by question: understood, doubted with these buttons, or missed.

Told so far is the easy case of `tests.dialogs.told`, in mid June: under 50, paid every two weeks, all year.
``phrase: [button]`` is a doubt; ``[button = input]`` where the button does not say what it stands for.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.moment import Moment
from dialogs.session import Pending, Session, dump, load
from dialogs.understand import Doubted, Heard, Missed, Understood, understand
from dialogs.values import describe
from dialogs.world import world_on
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule
from knowledge.core.match import EmployerMoney
from knowledge.core.sheet import NOT_SURE
from knowledge.library import Library
from knowledge.markup import visible
from tests.dialogs.reading.show import table
from tests.dialogs.reading.test_properties import TEXTS
from tests.dialogs.told import ORDER, WORLD, before, moment

NEEDED: dict[str, dict[str, Any]] = {
    "cap_percent": {"cap_kind": CapKind.PERCENT},
    "cap_dollars": {"cap_kind": CapKind.DOLLARS},
    "over_wages": {"age_band": AgeBand.FROM_50},
    "deferred_elsewhere": {"other_plan": True},
    "employers_related": {"other_plan": True},
    "additions_elsewhere": {"other_plan": True},
    "pay_elsewhere": {"other_plan": True},
    "checks_so_far": {"whole_year": False},
}
"""What has to be different for some questions to come up."""


def where(fact: str) -> Moment:
    return before(fact, **NEEDED.get(fact, {}))


def shown(heard: Heard, phrases: list[str]) -> str:
    """``$185,000``, ``thousands: [Yes, $310,000]`` or ``-range``; ``phrases`` are those that were said."""
    match heard:
        case Understood(values):
            (fact, value), *more = values.items()
            others = [f"{name}={describe(name, each, WORLD.library)}" for name, each in more]
            return " & ".join([describe(fact, value, WORLD.library), *others])
        case Doubted(pending):
            phrase = next(name for name in reversed(phrases) if name.startswith("doubt_"))
            buttons = [f"[{a}]" if b in a else f"[{a} = {b}]" for a, b in pending.candidates]
            return f"{phrase.removeprefix('doubt_')}: {' '.join(buttons)}"
        case Missed(reason):
            return f"-{reason}"


def hear(fact: str, text: str, at: Moment) -> str:
    with patch.object(Library, "say", autospec=True, side_effect=Library.say) as say:
        heard = understand(fact, text, at)
    return shown(heard, [call.args[1] for call in say.call_args_list])


TABLES = {
    "plan": """
401k -> 401(k)
401(k) -> 401(k)
403(b) -> 403(b)
403b -> 403(b)
457 -> Another kind
457(b) -> Another kind
tsp -> Another kind
simple ira -> Another kind
none -> No plan
no -> No plan
no plan -> No plan
2 -> 403(b)
401(a) -> Another kind
401 a -> Another kind
401k plan at work -> 401(k)

401k? -> condition: [401(k)] [403(b)] [Another kind] [No plan]
401k and a 457 -> condition: [401(k)] [403(b)] [Another kind] [No plan]
457 and 401k -> condition: [401(k)] [403(b)] [Another kind] [No plan]
simple 401k -> condition: [401(k)] [403(b)] [Another kind] [No plan]
no, a 401k -> condition: [401(k)] [403(b)] [Another kind] [No plan]
no 401k we have a 457 -> condition: [401(k)] [403(b)] [Another kind] [No plan]
nothing besides a 401k -> condition: [401(k)] [403(b)] [Another kind] [No plan]
other than a 401k -> condition: [401(k)] [403(b)] [Another kind] [No plan]
401k not -> condition: [401(k)] [403(b)] [Another kind] [No plan]
no match -> condition: [401(k)] [403(b)] [Another kind] [No plan]
yes but only roth -> condition: [401(k)] [403(b)] [Another kind] [No plan]

my 401k -> -no_choice
yes -> -no_choice
idk -> -not_sure_here
185k -> -no_choice
🙂 -> -no_choice
what is a 403b? -> -no_choice
""",
    "takes_after_tax": """
yes -> Yes
Yes! -> Yes
y -> Yes
yep -> Yes
👍 -> Yes
yes it takes after-tax contributions -> Yes
no -> No
nope -> No
n -> No
they don't -> No
they don't allow it -> No
no after tax -> No
1 -> Yes
2 -> No
3 -> Not sure
idk -> Not sure
skip -> Not sure
?? -> Not sure
ask hr -> Not sure
ｙｅｓ -> Yes

yes? -> condition: [Yes] [No]
yes but only roth -> third_kind: [Yes] [No]
yes roth -> third_kind: [Yes] [No]
yes, pre-tax -> third_kind: [Yes] [No]
yes up to 10% -> condition: [Yes] [No]
yes 10% -> condition: [Yes] [No]
yes starting 2027 -> condition: [Yes] [No]
yes they took it away -> condition: [Yes] [No]
i think so -> condition: [Yes] [No]
no they allow it -> condition: [Yes] [No]
they don't limit it -> condition: [Yes] [No]
no problem -> condition: [Yes] [No]
no doubt -> condition: [Yes] [No]
of course not -> condition: [Yes] [No]
not that i know of -> condition: [Yes] [No]
maybe -> condition: [Yes] [No]

n/a -> -no_choice
yesss -> -no_choice
now -> -no_choice
10% -> -no_choice
what is that? -> -no_choice
""",
    "way_to_roth": """
convert inside -> Convert inside
conversion -> Convert inside
in-plan -> Convert inside
automatic -> Convert inside
withdraw -> Withdraw while here
in service -> Withdraw while here
roth ira -> Withdraw while here
both -> Both
both of them -> Both
either -> Both
neither -> Neither
none -> Neither
no -> Neither
not until i leave -> Neither
only when i leave -> Neither
1 -> Convert inside
5 -> Not sure
not sure -> Not sure
convert insde -> Convert inside

convert and withdraw -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
in plan conversion and in service withdrawal -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
no in-plan -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
no in-plan conversion, in-service withdrawals yes -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
rollover after i quit -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
convert after i leave -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
rollover when i leave -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
withdraw at 59 1/2 -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
withdraw hardship -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
conversion not allowed -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]
convert? -> condition: [Convert inside] [Withdraw while here] [Both] [Neither]

roth -> -no_choice
yes -> -no_choice
""",
    "cap_kind": """
none -> No cap
no cap -> No cap
no limit -> No cap
unlimited -> No cap
there is none -> No cap
percent -> Percent of pay
% -> Percent of pay
dollars -> Dollar amount
$ -> Dollar amount
10% -> Percent of pay & cap_percent=10%
１０％ -> Percent of pay & cap_percent=10%
8.5% -> Percent of pay & cap_percent=8.5%
ten percent -> Percent of pay & cap_percent=10%
10 percent of pay -> Percent of pay & cap_percent=10%
20k -> Dollar amount & cap_dollars=$20,000
20,000 -> Dollar amount & cap_dollars=$20,000
$20,000 -> Dollar amount & cap_dollars=$20,000
$ 20,000 -> Dollar amount & cap_dollars=$20,000
20k a year -> Dollar amount & cap_dollars=$20,000
72,000 -> Dollar amount & cap_dollars=$72,000
about 10% -> Percent of pay & cap_percent=10%
#2 -> Percent of pay
2) -> Percent of pay
500 -> Dollar amount & cap_dollars=$500
max 10% -> Percent of pay & cap_percent=10%
at most 10% -> Percent of pay & cap_percent=10%
idk -> Not sure

10 -> percent_cap: [Yes, 10%]
15 -> percent_cap: [Yes, 15%]
100 -> percent_cap: [Yes, 100%]
.1 -> percent_cap: [10%] [0.1%]
0.5% -> percent_cap: [50%] [0.5%]
0 -> percent_cap: [Yes, 0%]
0% -> percent_cap: [Yes, 0%]
1 -> condition: [No cap] [1%]
2 -> condition: [Percent of pay] [2%]
3 -> condition: [Dollar amount] [3%]
4 -> condition: [Not sure] [4%]
5 -> percent_cap: [Yes, 5%]
9 -> percent_cap: [Yes, 9%]
$10 -> thousands: [Yes, $10,000]
499 -> out_of_range: [Yes, $499]
half -> percent_cap: [50%]
no more than 10% -> percent_cap: [10%]
no more than 20k -> approximate: [Yes, $20,000]
no, 10% -> percent_cap: [10%]
no 10 -> percent_cap: [10%]
none over 10% -> percent_cap: [10%]
no limit up to 10% -> percent_cap: [10%]
percent 10 -> percent_cap: [10%]
amount 20000 -> words: [Yes, $20,000]
10% total -> words: [Yes, 10%]
20k total -> words: [Yes, $20,000]
20k so far -> words: [Yes, $20,000]
15% combined -> percent_cap: [15%]

10% or 20k -> -range
10%, max 20k -> -several
1-10% -> -range
-10% -> -negative
110% -> -over_100
20.000 -> -two_dots
750 per paycheck -> -not_periodic
max -> -no_choice
irs limit -> -no_choice
yes -> -no_choice
10%? -> -no_choice
10k to 12k -> -range
""",
    "cap_percent": """
10 -> 10%
10% -> 10%
１０ -> 10%
10 % -> 10%
8.5 -> 8.5%
8.3333% -> 8.33%
six -> 6%
ten percent -> 10%
up to 10% -> 10%
about 10% -> 10%
100 -> 100%
10% of pay -> 10%
idk -> Not sure
not sure -> Not sure

0 -> out_of_range: [Yes, 0%]
0% -> out_of_range: [Yes, 0%]
1 -> percent_or_fraction: [100%] [1%]
0.1 -> percent_or_fraction: [10%] [0.1%]
.06 -> percent_or_fraction: [6%] [0.06%]
0.5% -> percent_or_fraction: [50%] [0.5%]
half -> words: [Yes, 50%]
10% total -> words: [Yes, 10%]
10 combined -> words: [Yes, 10%]
10% so far -> words: [Yes, 10%]
over 10% -> approximate: [Yes, 10%]

none -> -no_number
no cap -> -no_number
101 -> -over_100
10-15% -> -range
-5 -> -negative
20.000 -> -two_dots
20k -> -dollars
$20 -> -dollars
10 15 -> -several
max -> -no_number
10^30 -> -several
½ -> -odd_digits
10%? -> -no_number
""",
    "cap_dollars": """
20,000 -> $20,000
20k -> $20,000
$20,000.50 -> $20,000.50
72,000 -> $72,000
500 -> $500
20k a year -> $20,000
about 20k -> $20,000
idk -> Not sure
５０００ -> $5,000

73,000 -> out_of_range: [Yes, $73,000]
20 -> thousands: [Yes, $20,000]
499 -> out_of_range: [Yes, $499]
20k total -> words: [Yes, $20,000]
20k combined -> words: [Yes, $20,000]
20k so far -> words: [Yes, $20,000]
up to 20k -> approximate: [Yes, $20,000]
1.2m -> odd_scale: [Yes, $1,200,000]

0 -> -too_small
none -> -too_small
no cap -> -no_number
750 per paycheck -> -not_periodic
10% -> -needs_pay
20.000 -> -two_dots
-20k -> -negative
max -> -no_limit
10k to 12k -> -range
""",
    "age_band": """
52 -> 50 to 59
fifty-two -> 50 to 59
５２ -> 50 to 59
i'm 52 -> 50 to 59
52 years old -> 50 to 59
49 -> Under 50
50 -> 50 to 59
59 -> 50 to 59
60 -> 60 to 63
63 -> 60 to 63
64 -> 64 or older
65 -> 64 or older
under 50 -> Under 50
50 to 59 -> 50 to 59
50-59 -> 50 to 59
fifties -> 50 to 59
60 to 63 -> 60 to 63
64+ -> 64 or older
64 or older -> 64 or older
older -> 64 or older
1 -> Under 50
4 -> 64 or older
61 this december -> 60 to 63
50 in december -> 50 to 59
turning 50 -> 50 to 59
turning 50 in december -> 50 to 59
i'll be 60 this year -> 60 to 63
i'm turning 50 -> 50 to 59
i'm turning 49 in december -> Under 50
75 -> 64 or older

50 in march -> words: [Yes, 50]
will be 50 in january -> words: [Yes, 50]
i'm 49 -> condition: [Under 50] [50 to 59]
i am 49 now -> condition: [Under 50] [50 to 59]
im 59 -> condition: [50 to 59] [60 to 63]
63 now -> condition: [60 to 63] [64 or older]
born 1974 -> birth_year: [Yes, 52]
1974 -> birth_year: [Yes, 52]
born in '76 -> birth_year: [Yes, 50]
76 -> out_of_range: [Yes, 76]
99 -> out_of_range: [Yes, 99]
13 -> out_of_range: [Yes, 13]
about 50 -> approximate: [Yes, 50]
just turned 50 -> words: [Yes, 50]

5 -> -out_of_range
12 -> -out_of_range
101 -> -out_of_range
185 -> -out_of_range
over 50 -> -range
50+ -> -range
older than 50 -> -range
younger than 60 -> -range
under 50, 52 -> -several
almost 50 -> -range
49.5 -> -not_whole
59½ -> -odd_digits
49 turning 50 -> -several
52 next year -> -no_choice
52 in 2027 -> -no_choice
not 50 -> -no_choice
7/4/1974 -> -several
52k -> -no_choice
52% -> -no_choice
idk -> -not_sure_here
how old? -> -no_choice
🙂 -> -no_choice
-52 -> -negative
old -> -no_choice
""",
    "over_wages": """
yes -> Yes
no -> No
y -> Yes
n -> No
not sure -> Not sure
148k -> No
148,000 -> No
150k -> No
exactly 150,000 -> No
150,000.01 -> Yes
150,001 -> Yes
149,999.99 -> No
176,100 -> Yes
about 100k -> No
over 150k -> Yes
at least 151k -> Yes
151k+ -> Yes
under 150k -> No
under 100k -> No
box 3 was over 150k -> Yes
w2 says 148k -> No
yes 160k -> Yes
none -> No
no w-2 -> No
not yet -> No
0 -> No

176,101 -> out_of_range: [Yes, $176,101]
180k -> out_of_range: [Yes, $180,000]
148 -> thousands: [Yes, $148,000]
310 -> out_of_range: [Yes, $310]
about 150k -> line: [Yes] [No]
~148k -> line: [Yes] [No]
at least 150k -> condition: [Yes] [No]
150k+ -> condition: [Yes] [No]
100k+ -> condition: [Yes] [No]
over 100k -> condition: [Yes] [No]
under 200k -> condition: [Yes] [No]
box 3: 148,000 -> words: [Yes, $148,000]
box 1: 148,000 -> words: [Yes, $148,000]
yes 148k -> condition: [Yes] [No]
no 160k -> words: [Yes, $160,000]
no, 120k -> words: [Yes, $120,000]
no w-2 yet -> condition: [Yes] [No]
150k this year -> words: [Yes, $150,000]
148k last year -> words: [Yes, $148,000]
1.2m -> odd_scale: [Yes, $1,200,000]
160k? -> line: [Yes] [No]
100k? -> condition: [Yes] [No]
yes? -> condition: [Yes] [No]
100k so far -> words: [Yes, $100,000]

max -> -no_choice
maxed out -> -no_choice
half -> -no_choice
12k a month -> -not_periodic
$70/hr -> -hourly
10% -> -no_choice
145-155k -> -range
what is box 3? -> -no_choice
""",
    "highly_paid": """
hired this year, no 2025 pay -> condition: [Paid over] [Own over 5%] [Neither]
i started in june 2026 -> -no_choice
paid over -> Paid over
over -> Paid over
own over 5% -> Own over 5%
owner -> Own over 5%
i own it -> Own over 5%
neither -> Neither
none -> Neither
no -> Neither
new hire -> Neither
no new hire -> Neither
yes -> Paid over
not sure -> Not sure
1 -> Paid over
2 -> Own over 5%
3 -> Neither
4 -> Not sure
160k -> Neither
exactly 160,000 -> Neither
160,000 -> Neither
160,000.01 -> Paid over
159,999.99 -> Neither
170k -> Paid over
150k -> Neither
about 250k -> Paid over
over 160k -> Paid over
paid over 160k -> Paid over
more than 170k -> Paid over
under 160k -> Neither
less than 100k -> Neither
170k+ -> Paid over
yes, 170k -> Paid over
0 -> Neither
idk -> Not sure

120 -> thousands: [Yes, $120,000]
185 -> thousands: [Yes, $185,000]
310 -> thousands: [Yes, $310,000]
about 160k -> line: [Paid over] [Neither]
~150k -> line: [Paid over] [Neither]
over 100k -> condition: [Paid over] [Neither]
under 170k -> condition: [Paid over] [Neither]
below 165k -> condition: [Paid over] [Neither]
almost 170k -> line: [Paid over] [Neither]
at least 160k -> condition: [Paid over] [Neither]
170k? -> line: [Paid over] [Neither]
300k? -> condition: [Paid over] [Neither]
paid under 160k -> condition: [Paid over] [Own over 5%] [Neither]
paid 150k -> condition: [Paid over] [Own over 5%] [Neither]
pay was 150k -> words: [Yes, $150,000]
pay under -> condition: [Paid over] [Own over 5%] [Neither]
paid less -> condition: [Paid over] [Own over 5%] [Neither]
more than 5% -> condition: [Paid over] [Own over 5%] [Neither]
own 2% -> condition: [Paid over] [Own over 5%] [Neither]
own less than 5% -> condition: [Paid over] [Own over 5%] [Neither]
no i own 10% -> condition: [Paid over] [Own over 5%] [Neither]
yes 150k -> condition: [Paid over] [Own over 5%] [Neither]
no 170k -> words: [Yes, $170,000]
150k this year -> words: [Yes, $150,000]
170k this year -> words: [Yes, $170,000]
170k in 2025 -> words: [Yes, $170,000]
170k in 2024 -> words: [Yes, $170,000]
170k at my old job -> words: [Yes, $170,000]
paid nothing -> condition: [Paid over] [Own over 5%] [Neither]
1.2m -> odd_scale: [Yes, $1,200,000]

i own 2% -> -no_choice
10% -> -no_choice
17k a month -> -not_periodic
max -> -no_choice
150-170k -> -range
""",
    "other_plan": """
yes -> Yes
no -> No
yes, this year -> Yes
no i didn't -> No
no not this year -> No
1 -> Yes
2 -> No

yes ira -> condition: [Yes] [No]
yes, roth ira -> condition: [Yes] [No]
yes 457 -> condition: [Yes] [No]
yes last year -> condition: [Yes] [No]
yes in 2025 -> condition: [Yes] [No]
yes my spouse -> condition: [Yes] [No]
no ira -> condition: [Yes] [No]
no only this one -> condition: [Yes] [No]
yes 10k -> condition: [Yes] [No]
yes? -> condition: [Yes] [No]

10k -> -no_choice
idk -> -not_sure_here
none -> -no_choice
i have a 403b -> -no_choice
""",
    "deferred_elsewhere": """
14,500 -> $14,500
14.5k -> $14,500
$14,500.25 -> $14,500.25
24,500 -> $24,500
max -> $24,500
none -> $0
0 -> $0
- -> $0
500 -> $500
14k total -> $14,000
14k roth -> $14,000
idk -> Not sure
14k so far -> $14,000

14.5 -> thousands: [Yes, $14,500]
25,000 -> over_limit: [Use $24,500] [Keep $25,000]
30k -> over_limit: [Use $24,500] [Keep $30,000]
half -> half: [Yes, $12,250]
310 -> out_of_range: [Yes, $310]
499 -> out_of_range: [Yes, $499]
14,500 a year -> words: [Yes, $14,500]
it will be 14k -> words: [Yes, $14,000]
14k after tax -> words: [Yes, $14,000]
about 24k -> approximate: [Yes, $24,000]
10k there -> words: [Yes, $10,000]

700 a month -> -not_periodic
10% -> -needs_pay
10k to 12k -> -range
-500 -> -negative
""",
    "employers_related": """
yes -> Yes
no -> No
they do -> Yes
they don't -> No
idk -> Not sure
1 -> Yes
3 -> Not sure

no same owners -> condition: [Yes] [No]
no they are related -> condition: [Yes] [No]
no relation -> condition: [Yes] [No]
yes i own one -> condition: [Yes] [No]
yes but -> condition: [Yes] [No]

i own one -> -no_choice
""",
    "additions_elsewhere": """
28,000 -> $28,000
28k -> $28,000
72,000 -> $72,000
0 -> $0
none -> $0
idk -> Not sure
28k total -> $28,000

28 -> thousands: [Yes, $28,000]
80k -> over_limit: [Use $72,000] [Keep $80,000]
max -> words: [Yes, $72,000]
310 -> out_of_range: [Yes, $310]
28k a year -> words: [Yes, $28,000]
28k yearly -> words: [Yes, $28,000]
it will be 28k -> words: [Yes, $28,000]
about 70k -> approximate: [Yes, $70,000]
maxed out -> words: [Yes, $72,000]

10% -> -needs_pay
50% of the first 6% -> -several
2k a month -> -not_periodic
""",
    "pay": """
$185k -> $185,000
185k -> $185,000
185,000 -> $185,000
１８５，０００ -> $185,000
185 000 -> $185,000
185 000 -> $185,000
185'000 -> $185,000
185k a year -> $185,000
i make 185k -> $185,000
185k now -> $185,000
1,000,000 -> $1,000,000
15k a month -> $180,000
12.5k/mo -> $150,000
4k every other friday -> $104,000 & pay_schedule=Every 2 weeks
8k twice a month -> $192,000 & pay_schedule=Twice a month
6,250.50 semimonthly -> $150,012 & pay_schedule=Twice a month
ten grand a month -> $120,000
30,000 -> $30,000

about 10 grand -> period: [Each paycheck = $10,000 per paycheck] [Each month = $10,000 a month] [For the year = $10,000 a year]
20,000 -> period: [Each paycheck = $20,000 per paycheck] [Each month = $20,000 a month] [For the year = $20,000 a year]
500 a week -> out_of_range: [Yes, $26,000]
185 -> thousands: [Yes, $185,000]
310 -> thousands: [Yes, $310,000]
92.5 -> thousands: [Yes, $92,500]
18 -> out_of_range: [Yes, $18]
1.85 -> out_of_range: [Yes, $1.85]
1.2m -> odd_scale: [Yes, $1,200,000]
1,000,001 -> out_of_range: [Yes, $1,000,001]
999,999,999 -> out_of_range: [Yes, $999,999,999]
12,000 -> period: [Each paycheck = $12,000 per paycheck] [Each month = $12,000 a month] [For the year = $12,000 a year]
1,200 -> period: [Each paycheck = $1,200 per paycheck] [Each month = $1,200 a month] [For the year = $1,200 a year]
1200/check -> frequency: [Every week = $1,200 weekly] [Every 2 weeks = $1,200 biweekly] [Twice a month = $1,200 semimonthly] [Once a month = $1,200 monthly]
1,200 per paycheck -> frequency: [Every week = $1,200 weekly] [Every 2 weeks = $1,200 biweekly] [Twice a month = $1,200 semimonthly] [Once a month = $1,200 monthly]
3000 bimonthly -> frequency: [Every 2 weeks = $3,000 biweekly] [Twice a month = $3,000 semimonthly]
185k paid biweekly -> period: [For the year = $185,000 a year] [Every 2 weeks = $185,000 biweekly]
80k so far -> so_far: [Yes, the whole year = $80,000]
95k ytd -> so_far: [Yes, the whole year = $95,000]
made 150k -> so_far: [Yes, the whole year = $150,000]
150k this year -> so_far: [Yes, the whole year = $150,000]
i will make 150k this year -> so_far: [Yes, the whole year = $150,000]
185k? -> approximate: [Yes, $185,000]
over 185k -> approximate: [Yes, $185,000]
185k with bonus -> words: [Yes, $185,000]
185k net -> before_tax: [Yes, $185,000]
150k last year -> words: [Yes, $150,000]
2080 hours -> period: [Each paycheck = $2,080 per paycheck] [Each month = $2,080 a month] [For the year = $2,080 a year]
26 -> out_of_range: [Yes, $26]
29,999 -> period: [Each paycheck = $29,999 per paycheck] [Each month = $29,999 a month] [For the year = $29,999 a year]
15,000 -> period: [Each paycheck = $15,000 per paycheck] [Each month = $15,000 a month] [For the year = $15,000 a year]

185k base + 20k bonus -> -several
$60/hour -> -hourly
500 a day -> -hourly
6% -> -needs_pay
max -> -no_limit
half -> -no_limit
none -> -too_small
0 -> -too_small
idk -> -not_sure_here
skip -> -not_sure_here
10-12k -> -range
185.000 -> -two_dots
1,23 -> -two_dots
1.2.3 -> -two_dots
-185k -> -negative
(185k) -> -negative
€185k -> -currency
1e5 -> -several
10^30 -> -several
NaN -> -not_a_number
inf -> -not_a_number
٣ -> -odd_digits
10² -> -odd_digits
🙂 -> -no_number
401k -> -no_number
99,999,999,999 -> -too_big
185OOO -> -not_understood
l85k -> -not_understood
what do you mean? -> -no_number
""",
    "whole_year": """
yes -> Yes
no -> No
y -> Yes
yes all year -> Yes
yes, the whole year -> Yes
no way -> No
1 -> Yes
2 -> No

yes started in march -> condition: [Yes] [No]
yes since march -> condition: [Yes] [No]
yes i leave in october -> condition: [Yes] [No]
yes so far -> condition: [Yes] [No]
yes hopefully -> condition: [Yes] [No]
no i am not leaving -> condition: [Yes] [No]
no leaving in may -> condition: [Yes] [No]
no plans to leave -> condition: [Yes] [No]

12 -> -no_choice
idk -> -not_sure_here
since 2019 -> -no_choice
started in march -> -no_choice
""",
    "pay_schedule": """
every other friday -> Every 2 weeks
every friday -> Every week
biweekly -> Every 2 weeks
bi-weekly -> Every 2 weeks
every 2 weeks -> Every 2 weeks
２x/mo -> Twice a month
2x/mo -> Twice a month
twice a month -> Twice a month
semimonthly -> Twice a month
monthly -> Once a month
weekly -> Every week
52 -> Every week
26 -> Every 2 weeks
24 -> Twice a month
12 -> Once a month
26 checks -> Every 2 weeks
1st and 15th -> Twice a month
3 -> Twice a month
weekly i think -> Every week
every 2 weeks on friday -> Every 2 weeks

friday -> frequency: [Every week = weekly] [Every 2 weeks = biweekly]
bimonthly -> frequency: [Every 2 weeks = biweekly] [Twice a month = semimonthly]
1 -> condition: [Every week] [Once a month]
2 -> condition: [Every 2 weeks] [Twice a month]
4 -> condition: [Once a month] [Every week]
every week or two -> condition: [Every week] [Every 2 weeks] [Twice a month] [Once a month]
weekly or biweekly -> condition: [Every week] [Every 2 weeks] [Twice a month] [Once a month]
monthly bonus -> words: [Yes, Once a month = monthly]
every week? -> condition: [Every week] [Every 2 weeks] [Twice a month] [Once a month]

5 -> -out_of_range
two -> -out_of_range
13 -> -out_of_range
27 -> -out_of_range
not weekly -> -no_choice
biweekly 24 -> -no_choice
every 3 weeks -> -no_choice
hourly -> -hourly
idk -> -not_sure_here
how often? -> -no_choice
-26 -> -negative
26% -> -no_choice
1,200 per paycheck -> -no_choice
""",
    "checks_so_far": """
5 -> 5
five -> 5
0 -> 0
none -> 0
5 so far -> 5
13 -> 13

14 -> out_of_range: [Yes, 14]
26 -> out_of_range: [Yes, 26]
53 -> out_of_range: [Yes, 53]
5 left -> words: [Yes, 5]
5 more -> words: [Yes, 5]
5 to go -> words: [Yes, 5]
about 5 -> approximate: [Yes, 5]
5 months -> words: [Yes, 5]

54 -> -out_of_range
weekly -> -no_number
-1 -> -negative
5.5 -> -not_whole
idk -> -not_sure_here
2 or 3 -> -range
5% -> -not_understood
$5 -> -not_understood
""",
    "checks_left": """
8 -> 8
14 -> 14
15 -> 15
12 -> 12
7 -> 7
eight -> 8
８ -> 8
8 left -> 8
8 more -> 8

16 -> count_schedule: [14] [15] [Keep 16]
26 -> count_schedule: [14] [15] [Keep 26]
24 -> count_schedule: [14] [15] [Keep 24]
52 -> count: [28] [29]
29 -> count_schedule: [14] [15] [Keep 29]
6 -> count: [14] [15] [Keep 6]
0 -> count: [14] [15] [Keep 0]
none -> count: [14] [15] [Keep 0]
8 so far -> words: [Yes, 8]
8 paid -> words: [Yes, 8]
8 weeks -> words: [Yes, 8]
about 8 -> approximate: [Yes, 8]
biweekly -> count: [14] [15]
every other friday -> count: [Yes, 14]
2x/mo -> count: [Yes, 14]
1st and 15th -> count: [Yes, 13]
weekly -> count: [28] [29]
monthly -> count: [Yes, 7]

30 -> -out_of_range
8? -> -no_number
8 or 9 -> -range
8.5 -> -not_whole
-8 -> -negative
idk -> -not_sure_here
half -> -no_number
185k -> -not_understood
2 a month -> -not_understood
10^30 -> -several
""",
    "pay_elsewhere": """
40,000 -> $40,000
40k -> $40,000
0 -> $0
none -> $0
40k this year -> $40,000
40k so far -> $40,000
about 40k -> $40,000

40 -> thousands: [Yes, $40,000]
310 -> thousands: [Yes, $310,000]
499 -> thousands: [Yes, $499,000]
40k a year -> words: [Yes, $40,000]
40k yearly -> words: [Yes, $40,000]
90k per year -> words: [Yes, $90,000]
it will be 40k -> words: [Yes, $40,000]
1,000,001 -> out_of_range: [Yes, $1,000,001]

2k a month -> -not_periodic
50/hr -> -hourly
10% -> -needs_pay
max -> -no_limit
idk -> -not_sure_here
""",
    "cap_counts_all_pay": """
yes -> Yes
no -> No
idk -> Not sure
3 -> Not sure
they do -> Yes
it does not -> No

yes up to 360k -> condition: [Yes] [No]
no only to 360k -> condition: [Yes] [No]
""",
    "deferral": """
match is 4% dollar for dollar -> own_money: [Yes, $7,400]
18,000 -> $18,000
18k -> $18,000
18 000 -> $18,000
$18,000.50 -> $18,000.50
24,500 -> $24,500
24.5k -> $24,500
0 -> $0
none -> $0
no -> $0
max -> $24,500
max out -> $24,500
i max my 401k -> $24,500
everything -> $24,500
0% -> $0
700 per check -> $18,200
750 biweekly -> $19,500
2000 a month -> $24,000
about 10 grand -> $10,000
i will put in 10k -> $10,000
10k this year -> $10,000
10k roth -> $10,000
10k -> $10,000
idk -> Not sure
3,000 -> $3,000

2,000 -> period: [Each paycheck = $2,000 per paycheck] [Each month = $2,000 a month] [For the year = $2,000 a year]
half -> half: [Yes, $12,250]
10% -> percent_of_pay: [Yes, $18,500]
6% -> percent_of_pay: [Yes, $11,100]
100% -> over_limit: [Use $24,500] [Keep $185,000]
1000 semimonthly -> frequency: [Every 2 weeks = $1,000 biweekly] [Twice a month = $1,000 semimonthly]
24.5 -> thousands: [Yes, $24,500]
10 -> thousands: [Yes, $10,000]
8 -> thousands: [Yes, $8,000]
310 -> period: [Each paycheck = $310 per paycheck] [Each month = $310 a month] [For the year = $310 a year]
185 -> period: [Each paycheck = $185 per paycheck] [Each month = $185 a month] [For the year = $185 a year]
245 -> period: [Each paycheck = $245 per paycheck] [Each month = $245 a month] [For the year = $245 a year]
1,200 -> period: [Each paycheck = $1,200 per paycheck] [Each month = $1,200 a month] [For the year = $1,200 a year]
1,999 -> period: [Each paycheck = $1,999 per paycheck] [Each month = $1,999 a month] [For the year = $1,999 a year]
25k -> over_limit: [Use $24,500] [Keep $25,000]
30,000 -> over_limit: [Use $24,500] [Keep $30,000]
185k -> over_limit: [Use $24,500] [Keep $185,000]
1.2m -> odd_scale: [Yes, $1,200,000]
about 24k -> approximate: [Yes, $24,000]
over 10k -> approximate: [Yes, $10,000]
10k? -> approximate: [Yes, $10,000]
10k so far -> so_far: [Yes, the whole year = $10,000]
10k ytd -> so_far: [Yes, the whole year = $10,000]
10k already -> so_far: [Yes, the whole year = $10,000]
10k now -> so_far: [Yes, the whole year = $10,000]
nothing yet -> so_far: [Yes, the whole year = $0]
none so far -> so_far: [Yes, the whole year = $0]
put in 10k -> so_far: [Yes, the whole year = $10,000]
i've contributed 10k -> so_far: [Yes, the whole year = $10,000]
have 10k -> so_far: [Yes, the whole year = $10,000]
5k more -> approximate: [Yes, $5,000]
another 5k -> words: [Yes, $5,000]
10k after tax -> words: [Yes, $10,000]
10k last year -> words: [Yes, $10,000]
10k by december -> words: [Yes, $10,000]
750 biweekly so far -> so_far: [Yes, the whole year = $19,500]
10% so far -> percent_of_pay: [Yes, $18,500]
700/wk -> over_limit: [Use $24,500] [Keep $36,400]
2,999 -> out_of_range: [Yes, $2,999]
2,041.67 -> out_of_range: [Yes, $2,041.67]

6% pre tax 4% roth -> -several
10 or 12% -> -range
110% -> -over_100
$40/hr -> -hourly
10k to 12k -> -range
24.5k + 8k -> -several
-500 -> -negative
1.2.3 -> -two_dots
NaN -> -not_a_number
401k -> -no_number
2x/mo -> -no_number
yes -> -no_number
yes but only roth -> -no_number
all of my pay -> -no_number
max? -> -no_number
""",
    "employer_money": """
9,100 -> $9,100
9.1k -> $9,100
$9,100.50 -> $9,100.50
9,100 a year -> $9,100
300/paycheck -> $7,800
500 a month -> $6,000
50% of the first 6% -> 50% of your deferrals up to 6% of pay
dollar for dollar up to 4% -> 100% of your deferrals up to 4% of pay
100% of the first 3% then 50% of the next 2% -> 100% of your deferrals up to 3% of pay + 50% of the next 2% of pay
3% nonelective plus 100% of the first 4% -> 3% of pay in any case + 100% of your deferrals up to 4% of pay
50% of the first 6% at most $5,000 -> 50% of your deferrals up to 6% of pay + the match at most $5,000
none -> $0
no match -> $0
they don't match -> $0
0 -> $0
0% -> $0
no -> $0
2,000 -> $2,000
about 10 grand -> $10,000
they will put in 4k -> $4,000
idk -> Not sure
２５％ of the first ６％ -> 25% of your deferrals up to 6% of pay
half of the first 6% -> 50% of your deferrals up to 6% of pay
3% of the first 3% -> 3% of your deferrals up to 3% of pay

6% -> formula: [It is a match = 100% of the first 6%] [A share of pay = 6% no matter what]
6 -> formula: [It is a match = 100% of the first 6%] [A share of pay = 6% no matter what] [$6,000]
8 -> formula: [It is a match = 100% of the first 8%] [A share of pay = 8% no matter what] [$8,000]
0.5 -> formula: [It is a match = 100% of the first 0.5%] [A share of pay = 0.5% no matter what]
15 -> formula: [It is a match = 100% of the first 15%] [A share of pay = 15% no matter what] [$15,000]
16 -> thousands: [Yes, $16,000]
6% match -> formula_one: [Yes = 100% of the first 6%]
match 5% -> formula_one: [Yes = 100% of the first 5%]
50% up to 6% -> formula_one: [Yes = 50% of the first 6%]
half up to 6% -> formula_one: [Yes = 50% of the first 6%]
50/6 -> formula_one: [Yes = 50% of the first 6%]
5k plus 3% -> formula: [It is a match = $5,000 a year plus 100% of the first 3%] [A share of pay = $5,000 a year plus 3% no matter what]
50% up to 3k -> formula: [At most that much = 50% of the first 100% at most $3,000] [Only on that much = 50% of the first 100% at most $1,500]
310 -> period: [Each paycheck = $310 per paycheck] [Each month = $310 a month] [For the year = $310 a year]
185 -> period: [Each paycheck = $185 per paycheck] [Each month = $185 a month] [For the year = $185 a year]
1,500 -> period: [Each paycheck = $1,500 per paycheck] [Each month = $1,500 a month] [For the year = $1,500 a year]
73,000 -> out_of_range: [Yes, $73,000]
1.2m -> odd_scale: [Yes, $1,200,000]
4k so far -> so_far: [Yes, the whole year = $4,000 a year]
4k ytd -> so_far: [Yes, the whole year = $4,000 a year]
they put in 4k -> so_far: [Yes, the whole year = $4,000 a year]
nothing yet -> so_far: [Yes, the whole year = none]
6% of the first 50% -> formula_one: [Yes = 6% of the first 50%]

50% -> -up_to
50% match -> -up_to
full match -> -up_to
dollar for dollar -> -up_to
half -> -up_to
no match yet -> -ask_formula
50% of the first 6% so far -> -ask_formula
3% + 3% -> -ask_formula
6% but i'm not vested -> -ask_formula
safe harbor match -> -ask_formula
max -> -ask_formula
$40/hr -> -hourly
10-12k -> -range
10-12% -> -range
-5% -> -negative
1.2.3 -> -two_dots
NaN -> -not_a_number
same as mine -> -no_number
what is a match? -> -no_number
""",
    "after_tax_so_far": """
6,400 -> $6,400
6.4k -> $6,400
$6,400.25 -> $6,400.25
6400 after tax -> $6,400
6,400 so far -> $6,400
20k this year -> $20,000
20k into the plan -> $20,000
about 10 grand -> $10,000
0 -> $0
none -> $0
none yet -> $0
not yet -> $0
no -> $0
- -> $0
185 -> $185
310 -> $310
72,000 -> $72,000
６４００ -> $6,400
6 400 -> $6,400
idk -> Not sure

73,000 -> out_of_range: [Yes, $73,000]
6.4 -> thousands: [Yes, $6,400]
64 -> thousands: [Yes, $64,000]
1.2m -> odd_scale: [Yes, $1,200,000]
20k a year -> words: [Yes, $20,000]
20k per year -> words: [Yes, $20,000]
20k for the year -> words: [Yes, $20,000]
20k yearly -> words: [Yes, $20,000]
it will be 20k -> words: [Yes, $20,000]
i'll put in 20k -> words: [Yes, $20,000]
i plan 20k -> words: [Yes, $20,000]
i want 20k -> words: [Yes, $20,000]
20k by december -> words: [Yes, $20,000]
20k planned -> words: [Yes, $20,000]
6,400 roth -> after_tax_only: [Yes, $6,400]
6,400 converted -> words: [Yes, $6,400]
6k last year -> words: [Yes, $6,000]
6k since 2024 -> words: [Yes, $6,000]
over 6k -> approximate: [Yes, $6,000]
6k? -> approximate: [Yes, $6,000]

500 a month -> -not_periodic
1,200 per paycheck -> -not_periodic
$40/hr -> -hourly
10% -> -needs_pay
max -> -no_limit
half -> -no_limit
6k + 2k -> -several
5k after tax and 10k pretax -> -several
10-12k -> -range
-6000 -> -negative
(6,000) -> -negative
1.2.3 -> -two_dots
1,23 -> -two_dots
NaN -> -not_a_number
10^30 -> -several
401k -> -no_number
🙂 -> -no_number
""",
}


@pytest.mark.parametrize(
    ("fact", "text", "expected"),
    [(fact, text, expected) for fact, rows in TABLES.items() for text, expected in table(rows)],
)
def test_what_is_heard(fact: str, text: str, expected: str) -> None:
    assert hear(fact, text, where(fact)) == expected


def test_every_question_has_its_table() -> None:
    assert list(TABLES) == ORDER


# --- the same words to someone else -------------------------------------------------------------------------------

FIFTY: dict[str, Any] = {"age_band": AgeBand.FROM_50}
SIXTY: dict[str, Any] = {"age_band": AgeBand.FROM_60}
PART: dict[str, Any] = {"whole_year": False, "checks_so_far": 3, "checks_left": 10}
TWO_JOBS: dict[str, Any] = {"other_plan": True, "employers_related": False}


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        (
            FIFTY,
            """
deferral | max -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | everything -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | max with catch-up -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | catch up -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | no catch-up -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | 24,500 plus catch-up -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | 32,500 with catch up -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferral | 18k with catch-up -> approximate: [Yes, $18,000]
deferral | 8,000 catch-up -> approximate: [Yes, $8,000]
deferral | 24,500 -> $24,500
deferral | 32,500 -> $32,500
deferral | 33k -> over_limit: [Use $32,500] [Keep $33,000]
deferral | half -> half: [Yes, $16,250]
deferral | what is catch-up? -> -no_number
deferral | none -> $0
deferred_elsewhere | max -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferred_elsewhere | maxed out -> with_catch_up: [With catch-up = $32,500] [Without = $24,500]
deferred_elsewhere | 30,000 -> $30,000
deferred_elsewhere | 33,000 -> over_limit: [Use $32,500] [Keep $33,000]
after_tax_so_far | 10k with catch-up -> approximate: [Yes, $10,000]
""",
        ),
        (
            SIXTY,
            """
deferral | max -> with_catch_up: [With catch-up = $35,750] [Without = $24,500]
deferral | 35,750 -> $35,750
deferral | 36k -> over_limit: [Use $35,750] [Keep $36,000]
deferred_elsewhere | max -> with_catch_up: [With catch-up = $35,750] [Without = $24,500]
""",
        ),
        (
            {**TWO_JOBS, "deferred_elsewhere": Decimal(10_000)},
            """
deferral | max -> $14,500
deferral | 15k -> over_limit: [Use $14,500] [Keep $15,000]
deferral | half -> half: [Yes, $7,250]
""",
        ),
        (
            {**TWO_JOBS, "deferred_elsewhere": Decimal(24_500)},
            """
deferral | max -> $0
deferral | 10k -> over_limit: [Use $0] [Keep $10,000]
deferral | 35% -> over_limit: [Use $0] [Keep $64,750]
deferral | none -> $0
""",
        ),
        (
            {**PART, "pay": Decimal(24_000)},
            """
deferral | 12,000 -> $12,000
deferral | 12,001 -> over_limit: [Use $12,000] [Keep $12,001]
deferral | max -> $12,000
""",
        ),
        (
            PART,
            """
deferral | 10% -> percent_of_pay: [Yes, $9,250]
deferral | 700 a month -> -not_periodic
deferral | 700 per check -> -not_periodic
deferral | 700 -> out_of_range: [Yes, $700]
employer_money | 500 a month -> -not_periodic
employer_money | 500 per check -> -not_periodic
employer_money | 9,100 -> $9,100
checks_left | 3 -> 3
checks_left | 15 -> 15
checks_left | 16 -> count_schedule: [14] [15] [Keep 16]
""",
        ),
    ],
)
def test_the_same_words_to_someone_else(told: dict[str, Any], rows: str) -> None:
    for heard, expected in table(rows):
        fact, text = heard.split(" | ")
        assert hear(fact, text, before(fact, **NEEDED.get(fact, {}) | told)) == expected, heard


@pytest.mark.parametrize(
    ("now", "rows"),
    [
        (
            date(2026, 12, 10),
            """
checks_left | 8 -> -out_of_range
checks_left | 3 -> count_schedule: [1] [2] [Keep 3]
checks_left | 2 -> 2
checks_left | 0 -> count: [1] [2] [Keep 0]
checks_left | 9 -> -out_of_range
checks_so_far | 26 -> 26
checks_so_far | 27 -> out_of_range: [Yes, 27]
age_band | turning 50 in march -> words: [Yes, 50]
age_band | 50 in december -> 50 to 59
""",
        ),
        (
            date(2026, 11, 6),
            """
checks_left | 8 -> count_schedule: [4] [Keep 8]
checks_left | every friday -> count: [Yes, 8]
""",
        ),
        (
            date(2026, 1, 2),
            """
checks_left | 26 -> 26
checks_left | 27 -> count_schedule: [26] [Keep 27]
checks_left | 12 -> count: [26] [Keep 12]
checks_left | 13 -> 13
checks_so_far | 1 -> 1
checks_so_far | 5 -> out_of_range: [Yes, 5]
age_band | turning 50 in march -> 50 to 59
""",
        ),
        (
            date(2025, 6, 15),
            """
over_wages | yes -> Yes
over_wages | 148k -> -no_choice
age_band | born 1974 -> birth_year: [Yes, 51]
""",
        ),
    ],
)
def test_the_same_words_on_another_day(now: date, rows: str) -> None:
    world = world_on(now)
    for heard, expected in table(rows):
        fact, text = heard.split(" | ")
        answers = where(fact).session.answers
        assert hear(fact, text, moment(answers, world=world)) == expected, heard


@pytest.mark.parametrize(
    ("schedule_known", "rows"),
    [
        (True, "26 -> count_schedule: [14] [15] [Keep 26]\n12 -> 12\n29 -> count_schedule: [14] [15] [Keep 29]"),
        (False, "26 -> count: [14] [15] [Keep 26]\n12 -> count: [Yes, 7 = 7] [Keep 12]\n29 -> 29\n3 -> 3"),
    ],
)  # fmt: skip
def test_paychecks_left_without_a_schedule(schedule_known: bool, rows: str) -> None:
    answers = dict(where("checks_left").session.answers)
    if not schedule_known:
        del answers["pay_schedule"]
    for text, expected in table(rows):
        assert hear("checks_left", text, moment(answers)).replace("[Yes, 7]", "[Yes, 7 = 7]") == expected


def test_more_paychecks_so_far_than_any_schedule_has_had_are_doubted() -> None:
    assert hear("checks_so_far", "25", moment({})) == "25"
    assert hear("checks_so_far", "26", moment({})) == "out_of_range: [Yes, 26]"


def test_pay_per_paycheck_needs_no_rhythm_where_it_is_known() -> None:
    at = before("whole_year", pay_schedule=None)
    assert hear("pay", "4k per paycheck", at).startswith("frequency")
    known = moment({"pay_schedule": where("deferral").session.answers["pay_schedule"]})
    assert hear("pay", "4k per paycheck", known) == "$104,000"
    assert hear("pay", "4k every other friday", known) == "$104,000"


def test_in_the_room_flow_what_it_takes_for_granted_counts() -> None:
    at = moment({"pay": Decimal(185_000)}, "room")
    assert hear("deferral", "10%", at) == "percent_of_pay: [Yes, $18,500]"
    assert hear("deferral", "1,000 a month", at) == "$12,000"
    assert hear("deferral", "700 per check", at).startswith("frequency: [Every week = $700 weekly]")
    assert hear("deferral", "max", at) == "$24,500"
    assert hear("deferral", "30,000", at) == "over_limit: [Use $24,500] [Keep $30,000]"


@pytest.mark.parametrize("fact", ORDER)
@pytest.mark.parametrize(
    "piece", ["1", "yes ", "185k ", "50% of the first 6% ", "\u200b", "🙂", "<b>", "weekly "]
)
def test_a_text_of_thousands_of_characters_is_no_answer(fact: str, piece: str) -> None:
    heard = understand(fact, piece * 5_000, where(fact))
    assert isinstance(heard, Missed)
    assert len(heard.words) < 300


# --- changing an answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "told", "rows"),
    [
        (
            "pay",
            Decimal(185_000),
            """
158k -> $158,000
37,001 -> $37,001
37,000 -> far: [Yes, $37,000]
925,000 -> far: [Yes, $925,000]
924,999 -> $924,999
""",
        ),
        (
            "deferral",
            Decimal(18_000),
            """
0 -> $0
$0 -> $0
no -> far: [Yes, $0]
none -> far: [Yes, $0]
zero -> far: [Yes, $0]
3,600 -> far: [Yes, $3,600]
3,601 -> $3,601
not sure -> Not sure
""",
        ),
        ("deferral", Decimal(0), "no -> $0\n18,000 -> $18,000"),
        (
            "employer_money",
            EmployerMoney(fixed=Decimal(9_250)),
            "no -> far: [Yes, $0 = none]\n0 -> $0\n60k -> $60,000\n50% of the first 6% -> 50% of your deferrals up to 6% of pay",
        ),
        ("employer_money", EmployerMoney(), "none -> $0"),
        ("checks_left", 14, "7 -> 7"),
    ],
)  # fmt: skip
def test_what_is_far_from_the_answer_before_is_doubted(fact: str, told: object, rows: str) -> None:
    at = moment({**where(fact).session.answers, fact: told})
    for text, expected in table(rows):
        assert hear(fact, text, at) == expected, text


# --- the words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "text", "words"),
    [
        ("pay", "310", "I read 310 as $310,000. Is that right?"),
        ("pay", "1.2m", "I read that as $1,200,000. Is that right?"),
        ("pay", "185k with bonus", "From what you wrote I read $185,000. Is that right?"),
        ("pay", "1,200", "What is $1,200 for?"),
        ("pay", "1,200 per paycheck", "How often is that $1,200?"),
        ("pay_schedule", "bimonthly", "How often?"),
        ("pay", "80k so far", "I ask for the whole year, what is still to come included. Is $80,000 all of it?"),
        ("cap_dollars", "73,000", "I read $73,000. That is unusual here. Is it right?"),
        ("cap_percent", "0.06", "Is that 6% or 0.06%?"),
        ("cap_percent", "half", "From what you wrote I read 50%. Is that right?"),
        ("cap_kind", "10", "Is the cap 10% of pay?"),
        ("deferral", "10%", "10% of $185,000 is $18,500 a year. Use that?"),
        ("deferral", "30,000", "The 2026 limit here is $24,500. You entered $30,000."),
        ("deferral", "half", "Half of the limit is $12,250. Is that right?"),
        (
            "checks_left",
            "every other friday",
            "From June 15 to December 31 I count 14 paychecks. How many are left?",
        ),
        (
            "checks_left",
            "16",
            'That is more than "every 2 weeks" leaves this year (14 or 15). Is 16 right?',
        ),
        ("age_band", "born 1974", "Born in 1974: 52 on December 31, 2026. Is that right?"),
        ("age_band", "50 in march", "From what you wrote I read 50. Is that right?"),
        ("highly_paid", "about 160k", "About $160,000 is too near the line to tell. Which is it?"),
        ("takes_after_tax", "yes roth", "Roth, pre-tax and match are other kinds of money. Is there an after-tax line besides them?"),
        (
            "employer_money",
            "6% match",
            "I read: 100% of your deferrals up to 6% of pay. Is that right?",
        ),
    ],
)  # fmt: skip
def test_a_doubt_says_what_was_read(fact: str, text: str, words: str) -> None:
    heard = understand(fact, text, where(fact))
    assert isinstance(heard, Doubted)
    assert visible(heard.pending.question) == words


def test_a_limit_that_rises_with_an_age_not_told_says_so() -> None:
    heard = understand("deferral", "30,000", moment({}))
    assert isinstance(heard, Doubted)
    assert "more from age 50" in heard.pending.question


def test_a_formula_with_two_readings_lists_them() -> None:
    heard = understand("employer_money", "6%", where("employer_money"))
    assert isinstance(heard, Doubted)
    assert visible(heard.pending.question).splitlines()[1:3] == [
        "• It is a match: 100% of your deferrals up to 6% of pay",
        "• A share of pay: 6% of pay in any case",
    ]


@pytest.mark.parametrize(
    ("fact", "text", "words"),
    [
        ("pay", "hello", "I read no number there. Enter one, for example 185,000 or 185k."),
        ("pay", "1,23 <b>&", 'I cannot tell where the cents start in "1,23 <b>&".'),
        ("pay", "185k, no 158k", "I see more than one number. Enter only: Pay for a full year."),
        ("checks_left", "60", "That does not fit here. Enter a number from 0 to 29."),
        ("checks_so_far", "60", "That does not fit here. Enter a number from 0 to 53."),
        ("age_band", "idk", "I need this one to go on."),
        ("plan", "<i>x</i>", 'I could not match "<i>x</i>" to an answer.'),
        ("pay", "5" * 5_000, "That is too long for me."),
        ("employer_money", "50% match", '"50% match": on how much of your pay?'),
    ],
)
def test_a_miss_says_why(fact: str, text: str, words: str) -> None:
    heard = understand(fact, text, where(fact))
    assert isinstance(heard, Missed)
    assert visible(heard.words).startswith(words)


# --- for every text -----------------------------------------------------------------------------------------------

FACT = st.sampled_from(ORDER)
ANYTHING = st.one_of(
    TEXTS,
    st.builds(
        "{} {}".format, TEXTS, st.sampled_from(["<b>x</b>", "& so", "<u", "\"'>", "{{ pay }}", "%s {0}"])
    ),
    st.sampled_from([text for rows in TABLES.values() for text, _ in table(rows)]),
)
SOMEONE = st.sampled_from([{}, FIFTY, PART, TWO_JOBS | {"deferred_elsewhere": Decimal(10_000)}])


def assert_is_html(html: str) -> None:
    plain = re.sub(r"</?b>", "", html)
    assert html.count("<b>") == html.count("</b>")
    assert not re.search(r"[<>]|&(?!(?:amp|lt|gt|quot|#[0-9]+);)", plain), html


@settings(deadline=None)
@given(FACT, ANYTHING, SOMEONE)
def test_whatever_is_typed_is_answered_in_valid_words(fact: str, text: str, told: dict[str, Any]) -> None:
    at = before(fact, **NEEDED.get(fact, {}) | told)
    match understand(fact, text, at):
        case Understood(values):
            assert next(iter(values)) == fact
            assert load(dump(Session(answers=values))).answers == values
        case Doubted(pending):
            assert_is_html(pending.question)
            labels = [label for label, _ in pending.candidates]
            assert all(1 <= len(label) <= 20 for label in labels)
            assert len(set(labels)) == len(labels)
            settles(pending, at)
        case Missed(reason, words):
            assert reason
            assert_is_html(words)


def settles(pending: Pending, at: Moment, depth: int = 0) -> None:
    """Each button of a doubt is an answer, or leads to a doubt that ends."""
    assert depth < 3
    for label, chosen in pending.candidates:
        assert chosen.isprintable()
        match understand(pending.fact, chosen, at, sure=True):
            case Doubted(further):
                assert further != pending
                settles(further, at, depth + 1)
            case Understood(values):
                assert next(iter(values)) == pending.fact
            case Missed() as missed:
                raise AssertionError((label, chosen, missed))


@pytest.mark.parametrize(
    ("fact", "text"), [(fact, text) for fact, rows in TABLES.items() for text, _ in table(rows)]
)
def test_every_button_of_the_tables_settles_its_doubt(fact: str, text: str) -> None:
    heard = understand(fact, text, where(fact))
    if isinstance(heard, Doubted):
        settles(heard.pending, where(fact))


@pytest.mark.parametrize(
    ("fact", "text", "button", "value"),
    [
        ("pay", "310", "Yes, $310,000", Decimal(310_000)),
        ("pay", "1,200", "Each month", Decimal(14_400)),
        ("pay", "1,200 per paycheck", "Every 2 weeks", Decimal(31_200)),
        ("pay", "12,000", "For the year", Decimal(12_000)),
        ("pay", "185k paid biweekly", "For the year", Decimal(185_000)),
        ("pay", "1.85", "Yes, $1.85", Decimal("1.85")),
        ("deferral", "310", "Each paycheck", Decimal(8_060)),
        ("deferral", "30,000", "Use $24,500", Decimal(24_500)),
        ("deferral", "30,000", "Keep $30,000", Decimal(30_000)),
        ("deferral", "10%", "Yes, $18,500", Decimal(18_500)),
        ("deferral", "nothing yet", "Yes, the whole year", Decimal(0)),
        ("employer_money", "nothing yet", "Yes, the whole year", EmployerMoney()),
        ("employer_money", "4k so far", "Yes, the whole year", EmployerMoney(fixed=Decimal(4_000))),
        ("employer_money", "6", "$6,000", EmployerMoney(fixed=Decimal(6_000))),
        ("employer_money", "6%", "A share of pay", EmployerMoney(nonelective=Decimal("0.06"))),
        ("cap_percent", "0.06", "0.06%", Decimal("0.0006")),
        ("cap_percent", "0", "Yes, 0%", Decimal(0)),
        ("cap_kind", "10", "Yes, 10%", CapKind.PERCENT),
        ("cap_kind", "4", "Not sure", NOT_SURE),
        ("cap_kind", "4", "4%", CapKind.PERCENT),
        ("cap_kind", "1", "No cap", CapKind.NONE),
        ("cap_kind", "20k total", "Yes, $20,000", CapKind.DOLLARS),
        ("age_band", "born 1974", "Yes, 52", AgeBand.FROM_50),
        ("age_band", "i'm 49", "50 to 59", AgeBand.FROM_50),
        ("age_band", "99", "Yes, 99", AgeBand.FROM_64),
        ("highly_paid", "about 160k", "Neither", HighlyPaid.NEITHER),
        ("highly_paid", "310", "Yes, $310,000", HighlyPaid.PAID_OVER),
        ("over_wages", "box 3: 148,000", "Yes, $148,000", OverWages.NO),
        ("over_wages", "176,101", "Yes, $176,101", OverWages.YES),
        ("over_wages", "150k this year", "Yes, $150,000", OverWages.NO),
        ("takes_after_tax", "yes roth", "No", False),
        ("pay_schedule", "2", "Twice a month", PaySchedule.SEMIMONTHLY),
        ("pay_schedule", "friday", "Every 2 weeks", PaySchedule.BIWEEKLY),
        ("checks_left", "16", "Keep 16", 16),
        ("checks_left", "3", "15", 15),
        ("checks_left", "8 so far", "Yes, 8", 8),
        ("checks_so_far", "26", "Yes, 26", 26),
    ],
)  # fmt: skip
def test_a_button_gives_what_it_says(fact: str, text: str, button: str, value: object) -> None:
    heard: Heard = understand(fact, text, where(fact))
    while isinstance(heard, Doubted):
        chosen = dict(heard.pending.candidates)[button]
        heard = understand(fact, chosen, where(fact), sure=True)
    assert isinstance(heard, Understood)
    assert heard.values[fact] == value


# --- never a silent misreading ------------------------------------------------------------------------------------

DOLLARS = [fact for fact in ORDER if WORLD.library.questions[fact].front.unit == "dollars"]
CENTS = st.integers(1, 99_999_999_999).map(lambda n: Decimal(n) / 100)
AMOUNTS = (
    CENTS | st.integers(1, 2_000_000).map(Decimal) | st.integers(1, 999).map(lambda n: Decimal(n) * 1_000)
)


def spellings(amount: Decimal) -> list[str]:
    plain = f"{amount:,.2f}" if amount != amount.to_integral_value() else f"{amount:,.0f}"
    wide = plain.translate({ord("0") + n: "０１２３４５６７８９"[n] for n in range(10)} | {ord(","): "，"})
    thousands = (amount / 1_000).normalize()
    return [
        plain,
        f"${plain}",
        plain.replace(",", ""),
        plain.replace(",", " "),
        plain.replace(",", "\u2009"),
        plain.replace(",", "'"),
        wide,
        f"{plain} dollars",
        f"usd {plain}",
        f"it's {plain}.",
        f"  {plain}\n",
        *([f"{thousands:f}k", f"${thousands:f}K", f"{thousands:f} grand"] if amount >= 1_000 else []),
    ]


@settings(deadline=None)
@given(st.sampled_from([*DOLLARS, "employer_money"]), AMOUNTS, st.data(), SOMEONE)
def test_an_amount_is_never_taken_for_another(
    fact: str, amount: Decimal, data: st.DataObject, told: dict[str, Any]
) -> None:
    text = data.draw(st.sampled_from(spellings(amount)))
    heard = understand(fact, text, before(fact, **NEEDED.get(fact, {}) | told))
    if isinstance(heard, Understood):
        assert heard.values == {fact: EmployerMoney(fixed=amount) if fact == "employer_money" else amount}


@settings(deadline=None)
@given(st.integers(1_000, 20_000_000).map(lambda n: Decimal(n) / 100), st.data())
def test_an_amount_beside_a_line_is_on_its_side_of_it(amount: Decimal, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(spellings(amount)))
    sides = {
        "highly_paid": (160_000, HighlyPaid.PAID_OVER, HighlyPaid.NEITHER),
        "over_wages": (150_000, OverWages.YES, OverWages.NO),
    }
    for fact, (line, over, under) in sides.items():
        heard = understand(fact, text, where(fact))
        if isinstance(heard, Understood):
            assert heard.values == {fact: over if amount > line else under}


@settings(deadline=None)
@given(st.integers(1, 20_000_000).map(lambda n: Decimal(n) / 100), st.data())
def test_a_cap_that_is_typed_is_the_cap_that_is_kept(number: Decimal, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([*spellings(number), f"{number:f}%", f"{number:f} percent"]))
    heard = understand("cap_kind", text, where("cap_kind"))
    if isinstance(heard, Understood):
        kind, share = CapKind.DOLLARS, {"cap_dollars": number}
        if "%" in text or "percent" in text:
            kind, share = CapKind.PERCENT, {"cap_percent": number / 100}
        assert heard.values == {"cap_kind": kind, **share}


@settings(deadline=None)
@given(st.integers(0, 60), st.sampled_from(["{}", "{} paychecks", "{}.", "it's {}", "just {}"]), SOMEONE)
def test_a_count_is_never_taken_for_another(count: int, frame: str, told: dict[str, Any]) -> None:
    for fact in ("checks_left", "checks_so_far"):
        heard = understand(fact, frame.format(count), before(fact, **NEEDED.get(fact, {}) | told))
        if isinstance(heard, Understood):
            assert heard.values == {fact: count}


@given(st.integers(0, 120), st.sampled_from(["{}", "{} years old", "i'm {}", "turning {}", "age {}"]))
def test_an_age_is_never_taken_for_another(age: int, frame: str) -> None:
    heard = understand("age_band", frame.format(age), where("age_band"))
    if isinstance(heard, Understood) and age > 4:
        assert heard.values == {"age_band": AgeBand.of(age)}
        assert 16 <= age <= 75


ELSE = {
    "pay deferral employer_money": "so far/ytd/already/to date/year to date",
    "after_tax_so_far deferred_elsewhere additions_elsewhere pay_elsewhere": "a year/per year/yearly/will be",
    "checks_left": "so far/already/paid",
    "checks_so_far": "left/more/to go/remaining",
    "cap_kind cap_percent cap_dollars": "total/so far/combined",
    "cap_dollars after_tax_so_far deferred_elsewhere additions_elsewhere": "a month/per paycheck/a week/an hour",
    "takes_after_tax other_plan whole_year employers_related": "yes/no/maybe",
}
"""Words beside a number that make it a number of something else."""


@settings(deadline=None)
@given(st.sampled_from(sorted(ELSE)), st.integers(1, 99_999), st.data())
def test_words_that_speak_of_something_else_are_never_passed_over(
    facts: str, number: int, data: st.DataObject
) -> None:
    fact = data.draw(st.sampled_from(facts.split()))
    word = data.draw(st.sampled_from(ELSE[facts].split("/")))
    for text in (f"{number} {word}", f"{word} {number}", f"{number:,} {word}", f"{word}, {number}"):
        assert not isinstance(understand(fact, text, where(fact)), Understood), text


@pytest.mark.parametrize("fact", ORDER)
def test_every_example_that_a_card_prints_is_read(fact: str) -> None:
    world = where(fact).world
    front = world.library.questions[fact].front
    body = visible(world.library.render(world.library.questions[fact], **world.terms))
    quoted = re.findall(r"\"([0-9][^\"]+)\"", body.split("How to find out")[0])
    for example in [*filter(None, front.example.split(" or ")), *quoted]:
        assert not isinstance(understand(fact, example, where(fact)), Missed), example


@pytest.mark.parametrize("typed", ["she is 61", "my wife is 61", "he's 52"])
def test_the_age_of_somebody_else_is_not_ones_own(typed: str) -> None:
    assert isinstance(understand("age_band", typed, moment({})), Missed)


@pytest.mark.parametrize("typed", ["my salary is 140k", "i make 300k", "my income is 200k"])
def test_pay_of_now_says_nothing_sure_about_last_year(typed: str) -> None:
    assert isinstance(understand("highly_paid", typed, moment({})), Doubted)


@pytest.mark.parametrize("typed", ["everything is right", "all ok"])
def test_what_is_right_is_no_limit(typed: str) -> None:
    assert isinstance(
        understand("deferral", typed, moment({"age_band": AgeBand.UNDER_50, "other_plan": False})), Missed
    )


@pytest.mark.parametrize(
    "typed", ["i contribute 10%", "my contribution is 10%", "i defer 10%", "we save 15%"]
)
@pytest.mark.parametrize("fact", ["nhce_average_last_year", "ordinary_rate_now", "cap_kind", "cap_percent"])
def test_what_goes_in_of_ones_own_pay_is_no_rate_and_no_cap(fact: str, typed: str) -> None:
    assert isinstance(understand(fact, typed, moment({})), Missed)
    assert isinstance(understand(fact, "10%", moment({})), Understood)
