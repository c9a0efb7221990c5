"builtin.module"() <{sym_name = "ops"}> ({
  "func.func"() <{function_type = (tensor<4x4xf32>, tensor<4xf32>, tensor<i32>, tensor<4x4xi32>, tuple<tensor<4xf32>, tensor<i32>>, !stablehlo.token, tensor<4x4xi1>, tensor<2xi64>) -> (), sym_name = "main"}> ({
  ^bb0(%x: tensor<4x4xf32>, %v: tensor<4xf32>, %i: tensor<i32>, %m: tensor<4x4xi32>, %t: tuple<tensor<4xf32>, tensor<i32>>, %tok: !stablehlo.token, %p: tensor<4x4xi1>, %d: tensor<2xi64>):
    %i2 = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> : () -> tensor<f32>
    %pp = "stablehlo.constant"() <{value = dense<true> : tensor<i1>}> : () -> tensor<i1>
    %cx = "stablehlo.reshape"(%i2) : (tensor<f32>) -> tensor<1x1x1x1xf32>
    %after = "stablehlo.after_all"(%tok, %tok) : (!stablehlo.token, !stablehlo.token) -> !stablehlo.token
    %ct = "stablehlo.create_token"() : () -> !stablehlo.token
    %bt:3 = "stablehlo.batch_norm_training"(%x, %v, %v) <{epsilon = 0.001 : f32, feature_index = 1 : i64}> : (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>)
    %bi = "stablehlo.batch_norm_inference"(%x, %v, %v, %v, %v) <{epsilon = 0.001 : f32, feature_index = 1 : i64}> : (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
    %bg:3 = "stablehlo.batch_norm_grad"(%x, %v, %v, %v, %x) <{epsilon = 0.001 : f32, feature_index = 1 : i64}> : (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>)
    %br = "stablehlo.broadcast"(%v) <{broadcast_sizes = array<i64: 4>}> : (tensor<4xf32>) -> tensor<4x4xf32>
    %ch = "stablehlo.cholesky"(%x) <{lower = true}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %cb = "stablehlo.collective_broadcast"(%x) <{replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %db = "stablehlo.dynamic_broadcast_in_dim"(%v, %d) <{broadcast_dimensions = array<i64: 1>}> : (tensor<4xf32>, tensor<2xi64>) -> tensor<4x4xf32>
    %di = "stablehlo.dynamic_iota"(%d) <{iota_dimension = 0 : i64}> : (tensor<2xi64>) -> tensor<4x4xf32>
    %dp = "stablehlo.dynamic_pad"(%x, %i2, %d, %d, %d) : (tensor<4x4xf32>, tensor<f32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<4x4xf32>
    %dr = "stablehlo.dynamic_reshape"(%x, %d) : (tensor<4x4xf32>, tensor<2xi64>) -> tensor<2x8xf32>
    %ein = "stablehlo.einsum"(%x, %x) <{einsum_config = "ij,jk->ik"}> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %uein = "stablehlo.unary_einsum"(%x) <{einsum_config = "ij->i"}> : (tensor<4x4xf32>) -> tensor<4xf32>
    %gds = "stablehlo.get_dimension_size"(%x) <{dimension = 1 : i64}> : (tensor<4x4xf32>) -> tensor<i32>
    %gte = "stablehlo.get_tuple_element"(%t) <{index = 1 : i32}> : (tuple<tensor<4xf32>, tensor<i32>>) -> tensor<i32>
    %tup = "stablehlo.tuple"(%v, %i) : (tensor<4xf32>, tensor<i32>) -> tuple<tensor<4xf32>, tensor<i32>>
    %inf:2 = "stablehlo.infeed"(%tok) <{infeed_config = "a", layout = [[0]]}> : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)
    %out = "stablehlo.outfeed"(%v, %tok) <{outfeed_config = "b"}> : (tensor<4xf32>, !stablehlo.token) -> !stablehlo.token
    %snd = "stablehlo.send"(%v, %tok) <{channel_handle = #stablehlo.channel_handle<handle = 1, type = 2>, is_host_transfer = true}> : (tensor<4xf32>, !stablehlo.token) -> !stablehlo.token
    %rcv:2 = "stablehlo.recv"(%tok) <{channel_handle = #stablehlo.channel_handle<handle = 1, type = 3>, is_host_transfer = true}> : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)
    %map = "stablehlo.map"(%v) <{dimensions = array<i64: 0>}> ({
      ^bb0(%a: tensor<f32>):
        "stablehlo.return"(%a) : (tensor<f32>) -> ()
    }) : (tensor<4xf32>) -> tensor<4xf32>
    %rds = "stablehlo.real_dynamic_slice"(%x, %d, %d, %d) : (tensor<4x4xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x2xf32>
    %rid = "stablehlo.replica_id"() : () -> tensor<ui32>
    %rs = "stablehlo.torch_index_select"(%x, %m) <{batch_dims = 0 : i64, dim = 0 : i64}> : (tensor<4x4xf32>, tensor<4x4xi32>) -> tensor<4x4x4xf32>
    %ts = "stablehlo.triangular_solve"(%x, %x) <{left_side = true, lower = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>, unit_diagonal = false}> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %clamp = "stablehlo.clamp"(%i2, %x, %i2) : (tensor<f32>, tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>
    %rng = "stablehlo.rng"(%i2, %i2, %d) <{rng_distribution = #stablehlo<rng_distribution NORMAL>}> : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<4x4xf32>
    %sel = "stablehlo.select"(%pp, %x, %x) : (tensor<i1>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %if:2 = "stablehlo.if"(%pp) ({
      "stablehlo.return"(%x, %v) : (tensor<4x4xf32>, tensor<4xf32>) -> ()
    }, {
      "stablehlo.return"(%x, %v) : (tensor<4x4xf32>, tensor<4xf32>) -> ()
    }) : (tensor<i1>) -> (tensor<4x4xf32>, tensor<4xf32>)
    %cc:2 = "stablehlo.custom_call"(%x) <{api_version = 4 : i32, call_target_name = "foo.bar baz", has_side_effect = true, backend_config = {a = 1 : i32}}> {mhlo.x = "s\22q\\\0A"} : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>)
    "stablehlo.custom_call"(%x) <{call_target_name = "foo"}> : (tensor<4x4xf32>) -> ()
    %cmp = "stablehlo.compare"(%x, %x) <{comparison_direction = #stablehlo<comparison_direction EQ>}> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xi1>
    %dot = "stablehlo.dot_general"(%x, %x) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [], rhs_contracting_dimensions = []>}> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4x4x4xf32>
    %red = "stablehlo.reduce"(%x, %i2) <{dimensions = array<i64: 0>}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %s = "stablehlo.add"(%b, %a) : (tensor<f32>, tensor<f32>) -> tensor<f32>
        "stablehlo.return"(%s) : (tensor<f32>) -> ()
    }) {foo.bar = 1 : i32} : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
    %red2 = "stablehlo.reduce"(%x, %i2) <{dimensions = array<i64: 0>}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %s = "stablehlo.add"(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
        "stablehlo.return"(%s) : (tensor<f32>) -> ()
    }) {foo.bar = 1 : i32} : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
    %wh:2 = "stablehlo.while"(%x, %i) ({
      ^bb0(%a: tensor<4x4xf32>, %b: tensor<i32>):
        %s = "stablehlo.compare"(%b, %i) <{comparison_direction = #stablehlo<comparison_direction EQ>}> : (tensor<i32>, tensor<i32>) -> tensor<i1>
        "stablehlo.return"(%s) : (tensor<i1>) -> ()
    }, {
      ^bb0(%a: tensor<4x4xf32>, %b: tensor<i32>):
        "stablehlo.return"(%a, %b) : (tensor<4x4xf32>, tensor<i32>) -> ()
    }) {mhlo.foo = "x"} : (tensor<4x4xf32>, tensor<i32>) -> (tensor<4x4xf32>, tensor<i32>)
    "stablehlo.while"() ({
        "stablehlo.return"(%pp) : (tensor<i1>) -> ()
    }, {
        "stablehlo.return"() : () -> ()
    }) : () -> ()
    %conv = "stablehlo.convolution"(%cx, %cx) <{batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64}> : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
    %conv2 = "stablehlo.convolution"(%cx, %cx) <{batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64, window_strides = array<i64: 1, 2>, window_reversal = array<i1: true, false>, padding = dense<1> : tensor<2x2xi64>}> {a.b = 2 : i32} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x3x2x1xf32>
    %addx = "stablehlo.add"(%x, %x) {foo.bar = [1, 2.0, "x", @y, unit, true, tensor<2xf32>, array<i64: 1>, {a}, #stablehlo<precision HIGH>, i32, -1 : i8, dense<1> : tensor<2xi32>], zoo.x} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %ob = "stablehlo.optimization_barrier"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    "stablehlo.optimization_barrier"() : () -> ()
    %cp = "stablehlo.composite"(%x) <{composite_attributes = {a = 1 : i32}, decomposition = @f, name = "my.op"}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %cst = "stablehlo.constant"() <{value = dense<1> : tensor<2xi32>}> {x.y = 1 : i32} : () -> tensor<2xi32>
    %cx2 = "stablehlo.complex"(%x, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xcomplex<f32>>
    %dus = "stablehlo.dynamic_update_slice"(%x, %x, %i, %i) : (tensor<4x4xf32>, tensor<4x4xf32>, tensor<i32>, tensor<i32>) -> tensor<4x4xf32>
    %dg = "stablehlo.dynamic_gather"(%x, %m, %d) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false}> : (tensor<4x4xf32>, tensor<4x4xi32>, tensor<2xi64>) -> tensor<4x4x4xf32>
    %tt = "stablehlo.tan"(%x) <{result_accuracy = #stablehlo.result_accuracy<atol = 1.0e-5, rtol = 0.0, ulps = 1, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %t2 = "stablehlo.exponential"(%x) <{result_accuracy = #stablehlo.result_accuracy<mode = #stablehlo.result_accuracy_mode<HIGHEST>>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %t3 = "stablehlo.tan"(%x) <{result_accuracy = #stablehlo.result_accuracy<mode = #stablehlo.result_accuracy_mode<DEFAULT>>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %cpe = "stablehlo.collective_permute"(%x) <{source_target_pairs = dense<> : tensor<0x2xi64>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %cv = "stablehlo.convert"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %io = "stablehlo.iota"() <{iota_dimension = 1 : i64}> {a.b} : () -> tensor<2x3xf32>
    %sl = "stablehlo.slice"(%x) <{limit_indices = array<i64: 4, 3>, start_indices = array<i64: 0, 1>, strides = array<i64: 2, 1>}> : (tensor<4x4xf32>) -> tensor<2x2xf32>
    %sl0 = "stablehlo.slice"(%i2) <{limit_indices = array<i64>, start_indices = array<i64>, strides = array<i64>}> : (tensor<f32>) -> tensor<f32>
    %pid = "stablehlo.partition_id"() {a.b} : () -> tensor<ui32>
    %ccx = "chlo.constant"() <{value = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
    %cadd = "chlo.broadcast_add"(%x, %v) <{broadcast_dimensions = array<i64: 1>}> : (tensor<4x4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
    %cadd2 = "chlo.broadcast_compare"(%x, %x) <{comparison_direction = #chlo<comparison_direction EQ>}> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xi1>
    %cinf = "chlo.is_inf"(%x) : (tensor<4x4xf32>) -> tensor<4x4xi1>
    %ctan = "chlo.tan"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %cconj = "chlo.conj"(%x) {a.b = 1 : i32} : (tensor<4x4xf32>) -> tensor<4x4xf32>
    "func.return"() : () -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<4x4xf32>) -> tensor<4x4xf32>, sym_name = "f", sym_visibility = "private"}> ({}) : () -> ()
}) : () -> ()
